// The whole contract in two sources of one program: every definition in a header is inline, and both see the same.
#include <gtest/gtest.h>

#include "autodidact/plugin/plugin.hpp"
#include "contract/headers/odr.hpp"

namespace autodidact {
namespace {

TEST(ContractHeaders, TwoSourcesSeeOneContract) {
  EXPECT_EQ(odr::interface_seen_by_b(), kInterface);
  EXPECT_EQ(odr::descriptor_size_seen_by_b(), sizeof(Descriptor));
  EXPECT_STREQ(odr::fingerprint_seen_by_b(), AUTODIDACT_FINGERPRINT);
}

// Contract errors are thrown in one library and caught in another: their type must be one.
TEST(ContractHeaders, ErrorsKeepTheirTypeAcrossSources) {
  EXPECT_THROW(odr::throw_config_error(), ConfigError);
  EXPECT_THROW(odr::throw_data_error(), DataError);
}

}  // namespace
}  // namespace autodidact
