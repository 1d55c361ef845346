#include "services/assistance/store.h"

namespace redress::assistance {
namespace {

template <class Req>
store::ListQuery Paged(const Req& request) {
  store::ListQuery query;
  query.page_size = request.page_size();
  query.page_token = request.page_token();
  query.request = &request;
  return query;
}

}  // namespace

store::ListQuery SurveysOf(const v1::ListSurveysRequest& request) {
  store::ListQuery query = Paged(request);
  query.where = "t.case_name = ?";
  query.params = {request.parent()};
  query.order_column = "surveyed_on";
  return query;
}

store::ListQuery FilesIn(const v1::ListAssistanceFilesRequest& request) {
  store::ListQuery query = Paged(request);
  if (request.state() != v1::ASSISTANCE_STATE_UNSPECIFIED) {
    query.where = "t.state = ?";
    query.params = {static_cast<int>(request.state())};
  }
  return query;
}

}  // namespace redress::assistance
