#include "clients/ctl/start_lang.h"

#include <cstdlib>

namespace redress::ctl {

Lang StartLang(const std::vector<std::string>& arguments) {
  std::string lang;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (lang.empty() && value != nullptr) lang = value;
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--lang" && i + 1 < arguments.size()) lang = arguments[i + 1];
    if (arguments[i].starts_with("--lang=")) lang = arguments[i].substr(7);
  }
  return LangOf(lang);
}

}  // namespace redress::ctl
