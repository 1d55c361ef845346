// The lists of visits: predicates and orders. The only SQL of the service stands in store.cc.
#ifndef REDRESS_SERVICES_VISITS_STORE_H_
#define REDRESS_SERVICES_VISITS_STORE_H_

#include "common/store/store.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::visits {

store::ListQuery VisitsOf(const v1::ListVisitsRequest& request);
// INVALID_ARGUMENT where it ends before it begins.
absl::StatusOr<store::ListQuery> DiaryOf(const v1::ListDiaryRequest& request);
store::ListQuery HearingsOf(const v1::ListHearingsRequest& request);

}  // namespace redress::visits

#endif  // REDRESS_SERVICES_VISITS_STORE_H_
