# Code blocks of a page, so that a test runs what the page shows. Sourced.

# block <page> <opening line after the fence>: the lines of every such block, in order
block() {
  awk -v fence='```'"$2" '$0 == fence { inside = 1; found = 1; next } /^```/ { inside = 0 } inside
    END { if (!found) { print "no block " fence > "/dev/stderr"; exit 1 } }' "$1"
}

# block_number <page> <opening line> <which, from 1>: one of them
block_number() {
  awk -v fence='```'"$2" -v which="$3" '$0 == fence { inside = ++count == which; next } /^```/ { inside = 0 } inside
    END { if (count < which) { print "no block " which " " fence > "/dev/stderr"; exit 1 } }' "$1"
}
