// The parts of redress-ctl that speak to nobody: widths, tables, labels, profiles, names.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "clients/ctl/errors.h"
#include "clients/ctl/labels.h"
#include "clients/ctl/names.h"
#include "clients/ctl/profile.h"
#include "clients/ctl/progress.h"
#include "clients/ctl/schema.h"
#include "clients/ctl/table.h"
#include "clients/ctl/width.h"
#include "redress/plan/v1/evaluation.pb.h"
#include "redress/registry/v1/registry.pb.h"

namespace redress::ctl {
namespace {

TEST(Width, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("信访"), 4u);
  EXPECT_EQ(DisplayWidth("，。（）"), 8u) << "fullwidth punctuation";
  EXPECT_EQ(DisplayWidth("ｶﾅ"), 2u) << "halfwidth katakana";
  EXPECT_EQ(DisplayWidth("한글"), 4u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u) << "a combining accent takes no column";
  EXPECT_EQ(DisplayWidth("が"), 2u);
  EXPECT_EQ(DisplayWidth("か\u3099"), 2u) << "a combining voiced mark";
  EXPECT_EQ(DisplayWidth("…"), 1u);
  EXPECT_EQ(DisplayWidth("𠮷"), 2u) << "a character beyond the basic plane";
  EXPECT_EQ(DisplayWidth("😀"), 2u);
  EXPECT_EQ(DisplayWidth("a\u200bb"), 2u) << "zero-width space";
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2u) << "invalid bytes take one column each";
  EXPECT_EQ(DisplayWidth("\t\n"), 0u);
}

TEST(Width, PadsAndTruncatesByColumns) {
  EXPECT_EQ(PadRight("信访", 6), "信访  ");
  EXPECT_EQ(PadLeft("信访", 6), "  信访");
  EXPECT_EQ(PadRight("信访事项", 3), "信访事项");
  EXPECT_EQ(Truncate("信访事项", 8), "信访事项");
  EXPECT_EQ(Truncate("信访事项", 7), "信访事…");
  EXPECT_EQ(Truncate("信访事项", 6), "信访…") << "half a character is not shown";
  EXPECT_EQ(Truncate("abcdef", 1), "…");
}

TEST(Table, AlignsDoubleWidthText) {
  Table table({"登记号", "state", "逾期"}, {false, false, true});
  table.Add({{"430626103-2018-00001-A"}, {"办理中"}, {"2", Tone::kBad}});
  table.Add({{"x"}, {"closed"}, {"10"}});
  table.Add({{"多行\n文字"}});
  EXPECT_EQ(table.Render(false),
            "登记号                  state   逾期\n"
            "430626103-2018-00001-A  办理中     2\n"
            "x                       closed    10\n"
            "多行 文字\n");
}

TEST(Table, ColoursOnlyWhenAsked) {
  Table table({"a"});
  table.Add({{"x", Tone::kBad}});
  EXPECT_EQ(table.Render(true), "\033[1ma\033[0m\n\033[31mx\033[0m\n");
  EXPECT_EQ(table.Render(false), "a\nx\n");
}

TEST(Table, CutsLongCells) {
  Table table({"a", "b"});
  table.Add({{"信访事项办理"}, {"x"}});
  EXPECT_EQ(table.Render(false, 5), "a      b\n信访…  x\n");
}

TEST(Table, KeepsNamesWholeButNotListsOfThem) {
  const std::string name = "018f3c2e-7b1a-7c00/018f3c2e-7b1a";
  Table table({"a", "b"});
  table.Add({{name}, {"x"}});
  table.Add({{name + ", " + name}, {"x"}});
  EXPECT_EQ(table.Render(false, 20), "a                                 b\n" + name + "  x\n" +
                                         "018f3c2e-7b1a-7c00/…              x\n");
}

TEST(Table, LetsTheLastColumnBeLonger) {
  Table table({"a", "b"});
  table.Add({{"信访事项办理"}, {"信访事项办理"}});
  table.Add({{"x"}, {"信访事项办理情况"}});
  EXPECT_EQ(table.Render(false, 5, 12), "a      b\n信访…  信访事项办理\nx      信访事项办…\n");
}

// Every field of every answer and every enum value has a Chinese name: the list below is empty, or
// says what is missing.
class LabelWalk {
 public:
  void Message(const google::protobuf::Descriptor& type) {
    if (!seen_.insert(type.full_name()).second || type.full_name().rfind("redress.", 0) != 0) {
      return;
    }
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      if (ChineseLabel(field).empty()) missing.insert(field.full_name());
      if (field.message_type() != nullptr) Message(*field.message_type());
      if (field.enum_type() != nullptr) Enum(*field.enum_type());
    }
  }

  std::set<std::string> missing;

 private:
  void Enum(const google::protobuf::EnumDescriptor& type) {
    for (int i = 1; i < type.value_count(); ++i) {
      if (ChineseLabel(*type.value(i)).empty()) missing.insert(type.value(i)->full_name());
    }
  }
  std::set<std::string> seen_;
};

TEST(Labels, AreCompleteInChinese) {
  LabelWalk walk;
  for (const auto* service : AllServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      walk.Message(*service->method(i)->input_type());
      walk.Message(*service->method(i)->output_type());
    }
  }
  EXPECT_EQ(walk.missing, std::set<std::string>{});
}

TEST(Labels, EnumsAreReadInEveryForm) {
  const auto& source = *types::v1::CaseSource_descriptor();
  for (const char* text :
       {"in-person", "in_person", "IN_PERSON", "CASE_SOURCE_IN_PERSON", "来访"}) {
    const auto* value = FindEnumValue(source, text);
    ASSERT_NE(value, nullptr) << text;
    EXPECT_EQ(value->number(), types::v1::CASE_SOURCE_IN_PERSON);
    EXPECT_EQ(EnumChoice(*value), "in-person");
    EXPECT_EQ(EnumLabel(*value, Lang::kEn), "in person");
    EXPECT_EQ(EnumLabel(*value, Lang::kZh), "来访");
  }
  EXPECT_EQ(FindEnumValue(source, ""), nullptr);
  EXPECT_EQ(FindEnumValue(source, "unspecified"), nullptr);
  EXPECT_EQ(FindEnumValue(source, "by-car"), nullptr);
  EXPECT_EQ(EnumLabel(*source.value(0), Lang::kZh), "");
}

TEST(Labels, LanguageFromTheEnvironment) {
  EXPECT_EQ(LangOf("zh_CN.UTF-8"), Lang::kZh);
  EXPECT_EQ(LangOf("zh"), Lang::kZh);
  EXPECT_EQ(LangOf("en_GB"), Lang::kEn);
  EXPECT_EQ(LangOf("C"), Lang::kEn);
  EXPECT_EQ(LangOf(""), Lang::kEn);
}

TEST(Profile, ReadsWhatDeployWrites) {
  const auto profile = ParseProfile(
      "# Written by deploy/up.\n"
      "registry = \"127.0.0.1:7401\"\n"
      "  visits=127.0.0.1:7403 \r\n"
      "\n"
      "ca = \"/srv/a \\\"b\\\"/ca.pem\"\n"
      "token_file = \"clerk.token\"\n"
      "lang = zh\n",
      "/etc/redress");
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->addresses.at("registry"), "127.0.0.1:7401");
  EXPECT_EQ(profile->addresses.at("visits"), "127.0.0.1:7403");
  EXPECT_EQ(profile->ca, "/srv/a \"b\"/ca.pem");
  EXPECT_EQ(profile->token_file, "/etc/redress/clerk.token") << "relative to the profile";
  EXPECT_EQ(profile->lang, "zh");
}

TEST(Profile, NamesEveryBadLine) {
  const auto profile = ParseProfile(
      "registry\nvisits = nowhere\ntokn = x\nca = \"open\nlang = fr\nassistance = :7\n", "");
  ASSERT_FALSE(profile.ok());
  EXPECT_EQ(TextIn(ParseProfile("tokn = x\nlang = fr", "").status(), Lang::kZh),
            "第 1 行：没有 tokn 这个键；第 2 行：lang 只能是 zh 或 en");
  const std::string message(profile.status().message());
  for (const char* part :
       {"line 1: ", "line 2: ", "line 3: \"tokn\"", "line 4: ", "line 5: ", "line 6: "}) {
    EXPECT_NE(message.find(part), std::string::npos) << part << " in " << message;
  }
}

TEST(Profile, AddressesByFlag) {
  Profile profile;
  EXPECT_TRUE(SetAddress(profile, "registry=host.example:7401").ok());
  EXPECT_TRUE(SetAddress(profile, "visits=[::1]:7403").ok());
  EXPECT_EQ(profile.addresses.at("registry"), "host.example:7401");
  for (const char* bad : {"registry", "registry=", "registry=host", "billing=host:1", "=host:1",
                          "registry=host:port"}) {
    EXPECT_EQ(SetAddress(profile, bad).code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(Profile, MissingFileIsAUsageError) {
  const auto profile = LoadProfile("/nonexistent/profile");
  EXPECT_EQ(profile.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(profile.status().message().find("/nonexistent/profile"), std::string::npos);
}

constexpr char kUuid[] = "018f3c2e-7b1a-7c00-8000-0123456789ab";

TEST(Names, AreCompleted) {
  int lookups = 0;
  const CaseLookup lookup = [&](const std::string& number) -> absl::StatusOr<std::string> {
    ++lookups;
    EXPECT_EQ(number, "430626103-2018-00042-X");
    return std::string("cases/") + kUuid;
  };
  const auto expand = [&](const char* pattern, const std::string& text, const char* of = "") {
    return ExpandName(pattern, text, of, lookup).value();
  };
  const std::string name = std::string("cases/") + kUuid;
  EXPECT_EQ(expand("units/*", "petition-office"), "units/petition-office");
  EXPECT_EQ(expand("units/*", "units/petition-office"), "units/petition-office");
  EXPECT_EQ(expand("cases/*", kUuid), name);
  EXPECT_EQ(expand("cases/*/rounds/*", std::string(kUuid) + "/1"), name + "/rounds/1");
  EXPECT_EQ(expand("cases/*/rounds/*", name + "/rounds/1"), name + "/rounds/1");
  EXPECT_EQ(expand("cases/*/claims/*", "2", name.c_str()), name + "/claims/2");
  EXPECT_EQ(expand("cases/*/assistanceFile/measures/*", std::string(kUuid) + "/3"),
            name + "/assistanceFile/measures/3");
  EXPECT_EQ(lookups, 0);
  EXPECT_EQ(expand("cases/*", "430626103-2018-00042-X"), name);
  EXPECT_EQ(expand("cases/*/rounds/*", "430626103-2018-00042-X/1"), name + "/rounds/1");
  EXPECT_EQ(lookups, 2);
  // What fits no form is left to the service.
  EXPECT_EQ(expand("cases/*/rounds/*", "1"), "1");
  EXPECT_EQ(expand("units/*", "a/b/c"), "a/b/c");
  EXPECT_EQ(expand("units/*", ""), "");
}

TEST(Names, LookupErrorsAreKept) {
  const CaseLookup lookup = [](const std::string&) -> absl::StatusOr<std::string> {
    return absl::NotFoundError("none");
  };
  EXPECT_EQ(ExpandName("cases/*", "430626103-2018-00042-X", "", lookup).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(Names, RegistrationNumbers) {
  EXPECT_TRUE(LooksLikeRegistrationNumber("430626103-2018-00042-X"));
  EXPECT_FALSE(LooksLikeRegistrationNumber(kUuid));
  EXPECT_FALSE(LooksLikeRegistrationNumber("430626103-18-00042-X"));
  EXPECT_FALSE(LooksLikeRegistrationNumber("petition-office-clerk-a"));
}

TEST(Names, Nouns) {
  EXPECT_EQ(ResourceNoun("cases/*"), "case");
  EXPECT_EQ(ResourceNoun("cases/*/rounds/*"), "round");
  EXPECT_EQ(ResourceNoun("campaigns/*/planRevisions/*"), "plan-revision");
  EXPECT_EQ(Singular("deputies"), "deputy");
  EXPECT_EQ(Singular("evidence"), "evidence");
}

TEST(Schema, MethodsByAnyName) {
  const auto* method = FindMethod("registry/GetCase");
  ASSERT_NE(method, nullptr);
  EXPECT_EQ(FindMethod("RegistryService.GetCase"), method);
  EXPECT_EQ(FindMethod("redress.registry.v1.RegistryService/GetCase"), method);
  EXPECT_EQ(FindMethod("/redress.registry.v1.RegistryService/GetCase"), method);
  EXPECT_EQ(WireName(*method), "/redress.registry.v1.RegistryService/GetCase");
  EXPECT_EQ(HomeOf(*method), "registry");
  EXPECT_EQ(DeadlineOf(*method), absl::Seconds(5));
  EXPECT_EQ(HomeOf(*FindMethod("FactFeedService/ListFacts")), "");
  EXPECT_EQ(FindMethod("registry/Nothing"), nullptr);
  EXPECT_EQ(FindMethod("GetCase"), nullptr);
}

TEST(Progress, Bar) {
  EXPECT_EQ(ProgressBar(0, 200, 10), "[          ] 0% 0/200");
  EXPECT_EQ(ProgressBar(100, 200, 10), "[#####     ] 50% 100/200");
  EXPECT_EQ(ProgressBar(900, 200, 10), "[##########] 100% 200/200");
  EXPECT_EQ(ProgressBar(42, 0, 10), "42");
}

}  // namespace
}  // namespace redress::ctl
