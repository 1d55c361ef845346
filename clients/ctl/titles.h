// What people call the resources that an answer names: cases by their registration numbers, units
// and officials by their titles. Pure functions.
#ifndef REDRESS_CLIENTS_CTL_TITLES_H_
#define REDRESS_CLIENTS_CTL_TITLES_H_

#include <google/protobuf/message.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "clients/ctl/labels.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/registry/v1/registry.pb.h"

namespace redress::ctl {

// By resource name: "cases/018f…" -> "430626103-2018-00042-X", "units/land-office" -> "国土所".
using Titles = std::map<std::string, std::string, std::less<>>;

// The cases, units and officials that are named in a message, in its parts and lists too: of
// "cases/018f…/claims/1" the case.
std::set<std::string> ResourcesIn(const google::protobuf::Message& message);

// Where two would be called the same, each is followed by its id.
void AddTitles(const registry::v1::ListCaseNumbersResponse& numbers, Titles& titles);
void AddTitles(const assignment::v1::ListUnitsResponse& units, Lang lang, Titles& titles);
void AddTitles(const assignment::v1::ListOfficialsResponse& officials, Lang lang, Titles& titles);

// What a resource name is shown as: the title of its case, unit or official and what lies below
// ("430626103-2018-00042-X/1"), with the id behind where `with_id`; empty where there is no title.
std::string TitleOf(const Titles& titles, std::string_view name, bool with_id, Lang lang);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_TITLES_H_
