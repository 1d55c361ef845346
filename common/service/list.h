// What the lists of all services have in common.
#ifndef REDRESS_COMMON_SERVICE_LIST_H_
#define REDRESS_COMMON_SERVICE_LIST_H_

#include "common/rpc/call.h"
#include "common/status/macros.h"
#include "common/store/store.h"

namespace redress::service {

// The page that a list request asks for; what is selected and in which order is the caller's to
// add. The request must outlive the query.
template <class Req>
store::ListQuery PageOf(const Req& request) {
  store::ListQuery query;
  query.page_size = request.page_size();
  query.page_token = request.page_token();
  query.request = &request;
  return query;
}

// A page of a list over many cases. One whose rows all belong to cases that the caller may not see
// is empty, and yet not the last: up to twenty of them are passed over before an empty page is
// handed out.
template <class M>
absl::StatusOr<store::Page<M>> ListAcrossCases(store::Store& store, const rpc::Call& call,
                                               store::ListQuery query) {
  constexpr int kPagesPassedOver = 20;
  store::Page<M> page;
  for (int i = 0; i < kPagesPassedOver; ++i) {
    ASSIGN_OR_RETURN(page, store.List<M>(call, query));
    if (!page.items.empty() || page.next_page_token.empty()) break;
    query.page_token = page.next_page_token;
  }
  return page;
}

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_LIST_H_
