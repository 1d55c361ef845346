// The language in which a program speaks before it has read its flags.
#ifndef REDRESS_CLIENTS_CTL_START_LANG_H_
#define REDRESS_CLIENTS_CTL_START_LANG_H_

#include <string>
#include <vector>

#include "clients/ctl/labels.h"

namespace redress::ctl {

// That of --lang, wherever it stands among `arguments`; else of the first of LC_ALL, LC_MESSAGES
// and LANG that is set. (--help is written while the flags are read.)
Lang StartLang(const std::vector<std::string>& arguments);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_START_LANG_H_
