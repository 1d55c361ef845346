// Plans in text format for tests of what the loader refuses: written briefly, one duty at a time.
#ifndef REDRESS_TESTS_UNIT_PLAN_TEXT_H_
#define REDRESS_TESTS_UNIT_PLAN_TEXT_H_

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {

inline constexpr char kHead[] = R"(id: "p" revision: 1 title { zh: "x" } source { zh: "x" }
starts_on { year: 2018 month: 4 day: 1 } ends_on { year: 2018 month: 12 day: 31 }
rule_sets: "2005" recorded_late_after_working_days: 3
)";

inline constexpr char kServed[] =
    R"(fact { kind: FACT_KIND_DOCUMENT_SERVED not_before: FACT_KIND_OPINION_ISSUED where { field: "document_kind" equals: "DOCUMENT_KIND_HANDLING_OPINION" } where { field: "remedy_stated" equals: "true" } })";

inline std::string Item(const std::string& id, const std::string& satisfied,
                        const std::string& more = "") {
  return absl::StrCat("for_each_claim { id: \"", id,
                      "\" clause: \"x\" title { zh: \"x\" } remedy { zh: \"x\" } satisfied { ",
                      satisfied, " } ", more, " }\n");
}

inline std::string Window(const std::string& from, const std::string& length,
                          const std::string& unless) {
  return absl::StrCat("lapsed { from { ", from, " from_latest: true } ", length,
                      " unless: FACT_KIND_", unless, " }");
}

inline std::string Closing(const std::string& standard, const std::string& items) {
  return absl::StrCat("closing { standard: CLOSING_STANDARD_", standard,
                      " clause: \"x\" title { zh: \"x\" } ", items, " }\n");
}

inline const std::string& Answered() {
  static const auto* const text = new std::string(
      Closing("ANSWERED", Item("a", Window(kServed, "days: 30", "REVIEW_REQUESTED"))));
  return *text;
}

// One duty of a case; `id` R unless another is given.
inline std::string Duty(const std::string& body, const std::string& id = "R",
                        const std::string& subject = "CASE") {
  return absl::StrCat("requirements { id: \"", id,
                      "\" clause: \"x\" title { zh: \"x\" } subject: ", "SUBJECT_KIND_", subject,
                      " bound: BOUND_ROLE_RESPONSIBLE_UNIT ", body, " }\n");
}

inline std::string Has(const std::string& kind) {
  return absl::StrCat("fact { kind: FACT_KIND_", kind, " }");
}
inline std::string Done(const std::string& kind) {
  return absl::StrCat("satisfied { ", Has(kind), " } ");
}
inline std::string Applies(const std::string& kind) {
  return absl::StrCat("applies { ", Has(kind), " } ");
}
inline std::string After(const std::string& kind) {
  return absl::StrCat("due { after { from { ", Has(kind),
                      " } days: 5 count: DAY_COUNT_CALENDAR } } ");
}
inline std::string Before(const std::string& kind) {
  return absl::StrCat("due { before { ", Has(kind), " } } ");
}

inline std::vector<Mistake> Load(const std::string& text) {
  std::vector<Mistake> mistakes;
  const auto plan = plan::Load(text, TestRules(), &mistakes);
  EXPECT_EQ(plan.ok(), mistakes.empty());
  return mistakes;
}

inline bool Says(const std::vector<Mistake>& mistakes, Say say) {
  return std::any_of(mistakes.begin(), mistakes.end(),
                     [say](const Mistake& mistake) { return mistake.say == say; });
}

// The plan is refused, among other things for this; every mistake has its place and its Chinese.
inline void ExpectRefused(const std::string& what, const std::string& text, Say say) {
  const std::vector<Mistake> mistakes = Load(text);
  EXPECT_TRUE(Says(mistakes, say)) << what << "\n" << Describe(mistakes);
  for (const Mistake& mistake : mistakes) {
    EXPECT_GE(mistake.line, 1);
    EXPECT_GE(mistake.column, 1);
    EXPECT_FALSE(mistake.zh.empty());
    EXPECT_NE(mistake.zh, mistake.message);
  }
}

inline void ExpectDuty(const std::string& body, Say say) {
  ExpectRefused(body, kHead + Answered() + Duty(body), say);
}

inline void ExpectGood(const std::string& text) {
  const std::vector<Mistake> mistakes = Load(text);
  EXPECT_TRUE(mistakes.empty()) << text << "\n" << Describe(mistakes);
}

inline std::string One(const std::string& kind) {
  return absl::StrCat("{ kind: FACT_KIND_", kind, " } ");
}

}  // namespace redress::plan::testing

#endif  // REDRESS_TESTS_UNIT_PLAN_TEXT_H_
