// What the lists of all services have in common.
#ifndef REDRESS_COMMON_SERVICE_LIST_H_
#define REDRESS_COMMON_SERVICE_LIST_H_

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

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_LIST_H_
