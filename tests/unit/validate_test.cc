#include "common/validate/validate.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/error.h"
#include "google/type/date.pb.h"
#include "redress/options/v1/options.pb.h"
#include "tests/unit/validate_schema.h"

namespace redress::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_schema::Schema;

constexpr absl::CivilDay kToday(2018, 5, 20);

// "path: description" of each violation, in order.
std::vector<std::string> Violations(const google::protobuf::Message& message) {
  const absl::Status s = Validate(message, kToday);
  EXPECT_TRUE(s.ok() || s.code() == absl::StatusCode::kInvalidArgument) << s;
  std::vector<std::string> out;
  for (const auto& v : status::FieldViolationsOf(s)) {
    out.push_back(absl::StrCat(v.field, ": ", v.description));
  }
  return out;
}

std::vector<std::string> Violations(absl::string_view text) {
  return Violations(*Schema().Make("Request", std::string(text)));
}

std::string Repeat(absl::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) absl::StrAppend(&out, text);
  return out;
}

// The fields that Request requires.
constexpr absl::string_view kGood =
    "request_id: '0163f2a0-0000-7000-8000-000000000001' case { kind: KIND_SUGGESTION } by_name: "
    "'x' ";

TEST(Validate, AcceptsAGoodRequest) {
  EXPECT_THAT(
      Violations(absl::StrCat(
          kGood,
          "parent: 'cases/01-ab_C/claims/7' code: 'A12' month: 12 note: '诉求\\n\\t第二行' "
          "ratio: 0.5 tags: 'a' labels { key: 'k' value: 'v' } on { year: 2018 month: 5 day: 20 } "
          "at { seconds: 1526778123 } wait { seconds: 3 } blob: '\\xff\\x00'")),
      IsEmpty());
}

TEST(Validate, ReportsEveryViolationAtOnce) {
  EXPECT_THAT(
      Violations(
          "request_id: 'no' parent: 'cases/1' code: 'a12' month: 13 ratio: nan "
          "on { year: 2018 month: 2 day: 30 } case { claims {} claims { statement: 'a\\007b' } }"),
      ElementsAre(
          "request_id: must be a UUID in its canonical form",
          "parent: must be a resource name of the form cases/*/claims/*",
          "code: must match the pattern [A-Z]\\d+", "month: must be between 1 and 12",
          "ratio: must be a finite number",
          "on: must be a real date with year, month and day, from 1900-01-01 to 9999-12-31",
          "case.kind: must be set", "case.claims[0].statement: must be set",
          "case.claims[1].statement: must not contain control characters other than newline "
          "and tab",
          "subject: must have one of by_name, by_number"));
}

TEST(Validate, ReportsWhatIsRequired) {
  EXPECT_THAT(Violations(""), ElementsAre("request_id: must be set", "case: must be set",
                                          "subject: must have one of by_name, by_number"));
}

TEST(Validate, RequiredMeansSomethingToBeSeen) {
  const auto statement = [](const std::string& text) {
    return Violations(absl::StrReplaceAll(
        kGood,
        {{"case { ", absl::StrCat("case { claims { statement: '", absl::CEscape(text), "' } ")}}));
  };
  for (const char* text : {" ", "\u3000\u00a0", "\n\t\n", "\u200b", "\ufeff\u2060", "\u202e \u202c",
                           "\u3164", "\u2800", "\u00ad", "\U000e0041", "\ufe0f", "\U000e0100",
                           "\u0301", "\u0301\u0301", "\ufffd", "\uffff", "\u0600"}) {
    EXPECT_THAT(statement(text),
                ElementsAre("case.claims[0].statement: must have something that can be seen"))
        << absl::CEscape(text);
  }
  for (const char* text :
       {"诉", " 诉\n", "\u200b诉", "\U00020000", "·", "e\u0301", "\u845b\ufe00", "\ue000"}) {
    EXPECT_THAT(statement(text), IsEmpty()) << absl::CEscape(text);
  }
}

TEST(Validate, ANameHasNothingThatCannotBeSeen) {
  const auto who = [](const std::string& text) {
    return Violations(absl::StrCat(kGood, "who: '", absl::CEscape(text), "'"));
  };
  // Rare characters (CJK extension B, with a variation selector) and interpuncts are names.
  for (const char* name :
       {"某甲", "甲乙·丙丁", "甲乙•丙丁", "\U00020000\U0002a6d6", "\u845b\U000e0100", "Anna Li"}) {
    EXPECT_THAT(who(name), IsEmpty()) << name;
  }
  for (const char* name :
       {" ", "某甲 ", "\u3000某甲", "某\u200b甲", "某\u202e甲", "\u2066某甲\u2069", "某\n甲",
        "某\t甲", "某\ufeff甲", "\u3164", "某\u00ad甲", "某\u200d甲", "\ufe0f", "\U000e0100",
        "\u0301", "\uffff某", "\u0600某", "某\ufffd"}) {
    EXPECT_THAT(who(name), ElementsAre(HasSubstr("characters that cannot be seen")))
        << absl::CEscape(name);
  }
  EXPECT_EQ(who("某\x01甲").size(), 1u);
}

TEST(Validate, WhatLiesAheadLiesWithinTenYears) {
  const auto due = [](absl::CivilDay day) {
    return Violations(absl::StrCat(kGood, "due { year: ", day.year(), " month: ", day.month(),
                                   " day: ", day.day(), " }"));
  };
  const absl::CivilDay last(kToday.year() + 10, kToday.month(), kToday.day());
  EXPECT_THAT(due(last), IsEmpty());
  const std::string refused =
      absl::StrCat("due: must be within ten years from today, until ", absl::FormatCivilTime(last));
  EXPECT_THAT(due(last + 1), ElementsAre(refused));
  EXPECT_THAT(due(absl::CivilDay(9999, 12, 31)), ElementsAre(refused));
}

TEST(Validate, CountsCodePointsNotBytes) {
  const auto note = [](const std::string& text) {
    return Violations(absl::StrCat(kGood, "short: '", text, "'"));
  };
  EXPECT_THAT(note(Repeat("诉", 20)), IsEmpty());
  EXPECT_THAT(note(Repeat("😀", 20)), IsEmpty());
  EXPECT_THAT(note(Repeat("诉", 21)), ElementsAre("short: must have at most 20 characters"));
  EXPECT_THAT(note(Repeat("x", 21)), ElementsAre("short: must have at most 20 characters"));
}

TEST(Validate, KeepsTheDefaults) {
  EXPECT_THAT(Violations(absl::StrCat(kGood, "note: '", Repeat("诉", 256), "'")), IsEmpty());
  EXPECT_THAT(Violations(absl::StrCat(kGood, "note: '", Repeat("诉", 257), "'")),
              ElementsAre("note: must have at most 256 characters"));
  EXPECT_THAT(Violations(absl::StrCat(kGood, Repeat("tags: 'a' ", 100))), IsEmpty());
  EXPECT_THAT(Violations(absl::StrCat(kGood, Repeat("tags: 'a' ", 101))),
              ElementsAre("tags: must have at most 100 items"));
  EXPECT_THAT(Violations(absl::StrCat(kGood, "blob: '", Repeat("b", 4097), "'")),
              ElementsAre("blob: must have at most 4096 bytes"));
}

TEST(Validate, AnItemSaysSomething) {
  const auto list = [](const std::string& items) { return Violations(absl::StrCat(kGood, items)); };
  EXPECT_THAT(list("tags: 'ok' tags: ''"), ElementsAre("tags[1]: must be set"));
  EXPECT_THAT(list("tags: '\xe3\x80\x80'"),
              ElementsAre("tags[0]: must have something that can be seen"));
}

TEST(Validate, ChecksLists) {
  const auto lists = [](const std::string& text) {
    return Violations(*Schema().Make("Lists", text));
  };
  EXPECT_THAT(lists("pair: 1 pair: 10 some: 'a'"), IsEmpty());
  EXPECT_THAT(lists(""), ElementsAre("pair: must have at least 2 items", "some: must be set"));
  EXPECT_THAT(lists("pair: 1 some: 'a' some: 'b' some: 'c'"),
              ElementsAre("pair: must have at least 2 items", "some: must have at most 2 items"));
  EXPECT_THAT(lists("pair: 1 pair: 0 pair: 11 some: 'ok' some: 'long'"),
              ElementsAre("pair[1]: must be between 1 and 10", "pair[2]: must be between 1 and 10",
                          "some[1]: must have at most 3 characters"));
  EXPECT_THAT(
      Violations(absl::StrCat(kGood, "tags: 'ok' tags: 'b\\177d'")),
      ElementsAre("tags[1]: must not contain control characters other than newline and tab"));
}

TEST(Validate, ChecksMaps) {
  EXPECT_THAT(Violations(absl::StrCat(kGood, "labels { key: 'k' value: 'a\\000' }")),
              ElementsAre("labels[\"k\"]: must not contain control characters other than newline "
                          "and tab"));
  EXPECT_THAT(Violations(absl::StrCat(kGood, "rows { key: 7 value { } }")),
              ElementsAre("rows[\"7\"].statement: must be set"));
  EXPECT_THAT(
      Violations(absl::StrCat(kGood, "labels { key: '", Repeat("诉", 300), "' value: 'v' }")),
      ElementsAre(HasSubstr("must have at most 256 characters")));
}

TEST(Validate, ChecksEnums) {
  auto message = Schema().Make("Request", std::string(kGood));
  const auto* field = message->GetDescriptor()->FindFieldByName("kind");
  message->GetReflection()->SetEnumValue(message.get(), field, 77);
  EXPECT_THAT(Violations(*message), ElementsAre("kind: must be a known value of Kind"));
  message->GetReflection()->SetEnumValue(message.get(), field, 2);  // between 1 and 5: a gap
  EXPECT_THAT(Violations(*message), ElementsAre("kind: must be a known value of Kind"));
  message->GetReflection()->SetEnumValue(message.get(), field, 5);
  EXPECT_THAT(Violations(*message), IsEmpty());
}

TEST(Validate, ChecksDates) {
  const auto on = [](int y, int m, int d) {
    return Violations(absl::StrCat(kGood, "on { year: ", y, " month: ", m, " day: ", d, " }"));
  };
  EXPECT_THAT(on(2018, 5, 20), IsEmpty());
  EXPECT_THAT(on(2018, 5, 21), ElementsAre("on: must not be after today, 2018-05-20"));
  EXPECT_THAT(on(2016, 2, 29), IsEmpty());
  EXPECT_THAT(on(1900, 1, 1), IsEmpty());
  for (const auto& bad : {on(2017, 2, 29), on(2018, 0, 1), on(2018, 13, 1), on(2018, 1, 0),
                          on(2018, 4, 31), on(0, 0, 0), on(1899, 12, 31), on(10000, 1, 1),
                          on(2018, -1, 1), on(2147483647, 2147483647, 2147483647)}) {
    EXPECT_THAT(bad, ElementsAre(HasSubstr("must be a real date")));
  }
  EXPECT_THAT(Violations(absl::StrCat(kGood, "due { year: 2027 month: 1 day: 1 }")), IsEmpty());
}

TEST(Validate, ChecksInstantsAndDurations) {
  // 2018-05-20T16:00:00Z is already the 21st in Shanghai.
  EXPECT_THAT(Violations(absl::StrCat(kGood, "at { seconds: 1526831999 }")), IsEmpty());
  EXPECT_THAT(Violations(absl::StrCat(kGood, "at { seconds: 1526832000 }")),
              ElementsAre("at: must not be after today, 2018-05-20"));
  EXPECT_THAT(Violations(absl::StrCat(kGood, "at { nanos: -1 }")),
              ElementsAre(HasSubstr("at: must be an instant")));
  EXPECT_THAT(Violations(absl::StrCat(kGood, "at { seconds: 253402300800 }")),
              ElementsAre(HasSubstr("at: must be an instant")));
  EXPECT_THAT(Violations(absl::StrCat(kGood, "wait { seconds: 1 nanos: -1 }")),
              ElementsAre("wait: must be a valid duration"));
}

TEST(Validate, SkipsOutputOnly) {
  EXPECT_THAT(Violations(absl::StrCat(kGood, "state: '", Repeat("x", 9999), "\\001'")), IsEmpty());
}

TEST(Validate, TreatsSetZeroAsSet) {
  EXPECT_THAT(Violations(absl::StrCat(kGood, "maybe: 0")),
              ElementsAre("maybe: must be between 1 and 5"));
  EXPECT_THAT(Violations(kGood), IsEmpty());
}

TEST(Validate, BoundsDepthAndViolations) {
  std::string deep = "note: 'x'";
  for (int i = 0; i < 40; ++i) deep = absl::StrCat("inner { ", deep, " }");
  EXPECT_THAT(Violations(*Schema().Make("Node", deep)),
              ElementsAre(HasSubstr("must not be nested more than 32 deep")));
  std::string many;
  for (int i = 0; i < 100; ++i)
    absl::StrAppend(&many, "children { ", Repeat("tags: '\\001' ", 50), "}");
  EXPECT_EQ(Violations(*Schema().Make("Node", many)).size(), 200u);
}

TEST(Validate, ChecksUtf8) {
  auto message = Schema().Make("Request", std::string(kGood));
  const auto* field = message->GetDescriptor()->FindFieldByName("note");
  for (const char* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "ab\xe8\xaf"}) {
    message->GetReflection()->SetString(message.get(), field, bad);
    EXPECT_THAT(Violations(*message), ElementsAre("note: must be valid UTF-8"));
  }
}

TEST(Validate, SurvivesRandomMessages) {
  std::mt19937 random(20180520);
  const google::protobuf::LogSilencer quiet;  // protobuf reports what it refuses to parse
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = Schema().Make("Request", std::string(kGood))->SerializeAsString();
    for (int i = 0; i < 4; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    auto message = Schema().Make("Request", "");
    if (!message->ParseFromString(bytes)) continue;
    const absl::Status s = Validate(*message, kToday);
    if (s.ok()) continue;
    ++refused;
    ASSERT_EQ(s.code(), absl::StatusCode::kInvalidArgument);
    for (const auto& v : status::FieldViolationsOf(s)) {
      EXPECT_GE(CountRunes(v.field), 1);
      EXPECT_GE(CountRunes(v.description), 1);
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(Validate, CompilesOnceUnderConcurrency) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) EXPECT_THAT(Violations(kGood), IsEmpty());
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(CheckRules, AcceptsTheSchema) {
  EXPECT_THAT(CheckRules(*Schema().file()), IsEmpty());
  EXPECT_THAT(CheckRules(*google::type::Date::descriptor()->file()), IsEmpty());
}

TEST(CheckRules, ReportsEveryMistake) {
  // Kept for the process, as what was compiled from it is.
  static const auto* const schema = new testing_schema::SchemaFile("bad.proto", R"pb(
    message_type {
      name: "Bad"
      field {
        name: "re"
        number: 1
        type: TYPE_STRING
        options {
          [redress.options.v1.rule] { pattern: "(" }
        }
      }
      field {
        name: "n"
        number: 2
        type: TYPE_INT32
        options {
          [redress.options.v1.rule] { max_runes: 3 uuid: true }
        }
      }
      field {
        name: "s"
        number: 3
        type: TYPE_STRING
        options {
          [redress.options.v1.rule] { max: 3 not_future: true }
        }
      }
      field {
        name: "r"
        number: 4
        type: TYPE_INT32
        options {
          [redress.options.v1.rule] { min: 5 max: 3 }
        }
      }
      field {
        name: "m"
        number: 5
        type: TYPE_INT32
        options {
          [redress.options.v1.rule] { min: 5 }
        }
      }
      field {
        name: "p"
        number: 6
        type: TYPE_STRING
        options {
          [redress.options.v1.rule] { resource: "cases//x y" }
        }
      }
      field {
        name: "o"
        number: 7
        type: TYPE_STRING
        options {
          [redress.options.v1.rule] { required: true output_only: true }
        }
      }
      field {
        name: "l"
        number: 8
        type: TYPE_STRING
        label: LABEL_REPEATED
        options {
          [redress.options.v1.rule] { min_items: 9 max_items: 2 }
        }
      }
    }
    message_type {
      name: "Outer"
      field { name: "bad" number: 1 type: TYPE_MESSAGE type_name: ".schema.Bad" }
    }
    service {
      name: "BadService"
      method { name: "Do" input_type: ".schema.Outer" output_type: ".schema.Outer" }
    }
  )pb");
  const testing_schema::SchemaFile& bad = *schema;
  const std::vector<std::string> problems = CheckRules(*bad.file());
  EXPECT_THAT(problems,
              ElementsAre("schema.Bad.l: min_items is greater than max_items",
                          "schema.Bad.m: min applies only where max is set too",
                          "schema.Bad.n: max_runes does not apply to a field of this type",
                          "schema.Bad.n: uuid does not apply to a field of this type",
                          "schema.Bad.o: is both required and output_only",
                          "schema.Bad.p: resource \"cases//x y\" has an empty segment",
                          "schema.Bad.r: min is greater than max",
                          testing::StartsWith("schema.Bad.re: pattern \"(\": "),
                          "schema.Bad.s: max does not apply to a field of this type",
                          "schema.Bad.s: not_future does not apply to a field of this type"));
  EXPECT_EQ(CheckRules(*bad.file()->FindServiceByName("BadService")), problems);
  // Nothing is let through under rules that cannot be read.
  EXPECT_EQ(Validate(*bad.Make("Outer", ""), kToday).code(), absl::StatusCode::kInternal);
}

TEST(Resource, Matches) {
  EXPECT_TRUE(MatchesResource("cases/1", "cases/*"));
  EXPECT_TRUE(MatchesResource("cases/1/claims/a-B_9", "cases/*/claims/*"));
  EXPECT_TRUE(MatchesResource("cases/" + Repeat("x", 64), "cases/*"));
  EXPECT_TRUE(MatchesResource("units/1/duties", "units/*/duties"));
  for (const char* bad :
       {"", "cases", "cases/", "cases/1/", "/cases/1", "cases/1/claims", "Cases/1", "cases/a b",
        "cases/诉", "cases/1/claims/2", "cases/.", "cases//1"}) {
    EXPECT_FALSE(MatchesResource(bad, "cases/*")) << bad;
  }
  EXPECT_FALSE(MatchesResource("cases/" + Repeat("x", 65), "cases/*"));
}

TEST(Runes, Counts) {
  EXPECT_EQ(CountRunes(""), 0);
  EXPECT_EQ(CountRunes("abc"), 3);
  EXPECT_EQ(CountRunes("信访事项"), 4);
  EXPECT_EQ(CountRunes("a信😀\n"), 4);
  EXPECT_EQ(CountRunes("\x80"), -1);
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    const int runes = static_cast<int>(random() % 50);
    for (int i = 0; i < runes; ++i) {
      static constexpr const char* kPieces[] = {"a", "é", "访", "𠮷", "\n"};
      text += kPieces[random() % 5];
    }
    EXPECT_EQ(CountRunes(text), runes);
  }
}

TEST(Validate, APartOfAResourceIsUpdated) {
  struct Row {
    const char* request;
    std::vector<std::string> violations;
  };
  const Row rows[] = {
      {"", {"subject: must be set"}},
      // An empty mask: whatever is set, and that alone.
      {"subject {}", {}},
      {"subject { title: 'too long' }", {"subject.title: must have at most 5 characters"}},
      {"subject { claim {} }", {"subject.claim.statement: must be set"}},
      {"subject { claims {} }", {"subject.claims[0].statement: must be set"}},
      // What the mask names is checked as in the whole resource.
      {"subject {} update_mask { paths: 'title' }", {"subject.title: must be set"}},
      {"subject { title: 'x' } update_mask { paths: 'title' }", {}},
      {"subject { title: 'x' } update_mask { paths: 'claims' }", {"subject.claims: must be set"}},
      {"subject { claim {} } update_mask { paths: 'claim.statement' }",
       {"subject.claim.statement: must be set"}},
      // What never changes is for the rule of the update to refuse.
      {"subject {} update_mask { paths: 'region' }", {}},
      {"subject {} update_mask { paths: '*' }",
       {"subject.title: must be set", "subject.claims: must be set"}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Violations(*Schema().Make("UpdateRequest", row.request)), row.violations)
        << row.request;
  }
}

}  // namespace
}  // namespace redress::validate
