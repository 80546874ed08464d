// How the page looks.
#pragma once

namespace autodidact {

inline constexpr const char* kPageStyle = R"css(
:root{color-scheme:light;--ink:#1c2024;--soft:#60676e;--line:#e4e7ea;--good:#0a6b3d;--bad:#a8321f;--panel:#f7f8f9}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);background:#fff;margin:0 auto;
  max-width:1320px;padding:34px 30px 70px}
h1{font-size:27px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:21px;margin:54px 0 14px;padding-top:18px;border-top:2px solid var(--ink)}
h3{font-size:15.5px;margin:34px 0 2px}
p{max-width:112ch;margin:2px 0 12px;color:var(--soft)}
a{color:inherit}
nav a{margin-right:18px}
.facts{color:var(--ink);margin-bottom:10px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px;margin:8px 0 18px}
th,td{padding:6px 12px;min-width:88px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;border-bottom:1.5px solid #aab1b7;vertical-align:bottom}
th[title]{cursor:help}
th:first-child,td:first-child{text-align:left;min-width:230px;position:sticky;left:0;background:#fff;padding-left:2px}
td small,.pm{color:var(--soft);font-size:12px;font-weight:400}
td.best{font-weight:650;background:#dff1e6}
td.tied{background:#f1f8f3}
td.absent{color:var(--bad)}
tr.floor td{color:var(--soft);border-top:1.5px solid #aab1b7;border-bottom:0}
table.words th,table.words td{text-align:left;min-width:70px}
table.words td:first-child{min-width:150px}
.effect{display:block;font-size:12px;font-weight:400;color:var(--soft)}
.good{color:var(--good)}.bad{color:var(--bad)}
.dot{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:8px}
.tag{font-size:11.5px;color:var(--soft);border:1px solid #cfd4d8;border-radius:3px;padding:0 5px;margin-left:6px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:14px;margin:0 0 20px}
.card{background:var(--panel);border-radius:8px;padding:14px 18px 13px}
.card h4{margin:0;font-size:13px;font-weight:500;color:var(--soft)}
.card .who{font-size:17px;font-weight:650;margin:3px 0 0}
.card .value{font-size:26px;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums}
.card .value .pm{font-size:14px}
.card .value .unit{font-size:14px;font-weight:500}
.card .more{font-size:13px;color:var(--soft);margin-top:3px}
.legend{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:13.5px;margin:26px 0 -14px}
.charts{display:flex;flex-wrap:wrap;gap:14px 30px;margin-top:6px}
.charts.spaced{margin-top:26px}
.note{margin:3px 0;max-width:none;font-size:14px}.trouble{color:var(--bad)}
ul,ol{padding-left:20px;color:var(--soft)}
li b{color:var(--ink);margin-right:6px}
footer{margin-top:56px;font-size:13px;color:var(--soft)}
details{margin:14px 0}details summary{cursor:pointer;color:var(--soft)}
pre{white-space:pre-wrap;font-size:12px}
.vega-embed{padding:0}
#vg-tooltip-element{font-family:inherit}
@media print{body{max-width:none;padding:0}.charts,.card{break-inside:avoid}}
)css";

}  // namespace autodidact
