#include "services/visits/store.h"

#include "common/rules/rules.h"
#include "common/status/macros.h"

namespace redress::visits {

store::ListQuery VisitsOf(const v1::ListVisitsRequest& request) {
  store::ListQuery query;
  query.where = "t.case_name = ?";
  query.params = {request.parent()};
  query.order_column = "visited_on";
  return query;
}

absl::StatusOr<store::ListQuery> DiaryOf(const v1::ListDiaryRequest& request) {
  ::redress::rules::FieldErrors errors;
  errors.NotBefore("to_date", request.to_date(), request.from_date(), "from_date");
  RETURN_IF_ERROR(errors.ToStatus());
  store::ListQuery query;
  query.where = "t.official = ?";
  query.params = {request.official()};
  if (request.has_from_date()) {
    query.where += " AND t.visited_on >= ?";
    query.params.emplace_back(::redress::rules::DayOf(request.from_date()));
  }
  if (request.has_to_date()) {
    query.where += " AND t.visited_on <= ?";
    query.params.emplace_back(::redress::rules::DayOf(request.to_date()));
  }
  query.order_column = "visited_on";
  return query;
}

store::ListQuery HearingsOf(const v1::ListHearingsRequest& request) {
  store::ListQuery query;
  query.where = "t.case_name = ?";
  query.params = {request.parent()};  // by name: ids are ordered by time
  return query;
}

}  // namespace redress::visits
