// Persons: what is odd about an identity number, what a correction changes, whose office they are
// of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/error.h"
#include "services/registry/rules.h"
#include "tests/unit/registry_case.h"

namespace redress::registry {
namespace {

using testing::By;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Warnings(const std::string& id) {
  v1::PersonIdentity identity;
  identity.set_national_id(id);
  std::vector<std::string> texts;
  for (const v1::Warning& warning :
       rules::LookAt(identity, "identity", absl::CivilDay(2018, 6, 18))) {
    EXPECT_EQ(warning.field(), "identity.national_id");
    EXPECT_NE(warning.text().zh(), "");
    texts.push_back(warning.text().en());
  }
  return texts;
}

TEST(IdentityNumberTest, ProvinceBirthDateAndCheckDigitAreLookedAt) {
  EXPECT_THAT(Warnings(""), IsEmpty());
  // The example of GB 11643.
  EXPECT_THAT(Warnings("11010519491231002X"), IsEmpty());
  EXPECT_THAT(Warnings("11010519491231002x"), IsEmpty());
  EXPECT_THAT(Warnings("１１０１０５１９４９１２３１００２Ｘ"), IsEmpty());
  EXPECT_THAT(Warnings("110105194912310029"), SizeIs(1));   // the check digit
  EXPECT_THAT(Warnings("110105194912310002X"), IsEmpty());  // not 18: the pattern's affair
  EXPECT_THAT(Warnings("99010519491231002X").front(), ::testing::HasSubstr("province"));
  for (const char* born : {"19490230", "19491301", "18991231", "20180619", "00000000"}) {
    const std::vector<std::string> odd = Warnings(absl::StrCat("110105", born, "0021"));
    EXPECT_THAT(odd, ::testing::Contains(::testing::HasSubstr("birth date"))) << born;
  }
}

TEST(OfficeTest, AVillageIsOfItsTownshipsOffice) {
  EXPECT_EQ(rules::OfficeOf("430626103201"), rules::OfficeOf("430626103"));
  EXPECT_EQ(rules::OfficeOf("430626000000"), rules::OfficeOf("430626"));
  EXPECT_NE(rules::OfficeOf("430626103"), rules::OfficeOf("430626104"));
  EXPECT_NE(rules::OfficeOf("430626103"), rules::OfficeOf("430626"));
}

TEST(CorrectIdentityTest, ChangesWhatTheMaskNamesAndKeepsWhatWas) {
  v1::Petitioner person;
  person.set_name("petitioners/1");
  person.mutable_identity()->set_full_name("某甲");
  person.mutable_identity()->set_phone("13800001234");
  v1::UpdatePetitionerRequest request;
  request.mutable_identity()->set_full_name("甲乙·丙丁");
  const absl::Time now = absl::FromUnixSeconds(1528000000);

  const auto named = rules::CorrectIdentity(person, request, By(), now);
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_EQ(named->identity().full_name(), "甲乙·丙丁");
  EXPECT_EQ(named->identity().phone(), "13800001234");
  ASSERT_THAT(named->earlier(), SizeIs(1));
  EXPECT_EQ(named->earlier(0).identity().full_name(), "某甲");
  EXPECT_EQ(named->earlier(0).corrected_by().official(), By().actor.official());

  request.mutable_update_mask()->add_paths("phone");  // named and not set: cleared
  const auto cleared = rules::CorrectIdentity(*named, request, By(), now);
  ASSERT_TRUE(cleared.ok()) << cleared.status();
  EXPECT_EQ(cleared->identity().phone(), "");
  EXPECT_EQ(cleared->identity().full_name(), "甲乙·丙丁");
  EXPECT_THAT(cleared->earlier(), SizeIs(2));
  EXPECT_THAT(rules::CorrectIdentity(*cleared, request, By(), now)->earlier(), SizeIs(2));

  request.mutable_identity()->clear_full_name();
  request.mutable_update_mask()->add_paths("full_name");
  const auto refused = rules::CorrectIdentity(*cleared, request, By(), now);
  ASSERT_THAT(status::FieldViolationsOf(refused.status()), SizeIs(1));
  EXPECT_EQ(status::FieldViolationsOf(refused.status())[0].field, "identity.full_name");
}

}  // namespace
}  // namespace redress::registry
