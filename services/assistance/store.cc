#include "services/assistance/store.h"

namespace redress::assistance {

store::ListQuery SurveysOf(const v1::ListSurveysRequest& request) {
  store::ListQuery query;
  query.where = "t.case_name = ?";
  query.params = {request.parent()};
  query.order_column = "surveyed_on";
  return query;
}

store::ListQuery FilesIn(const v1::ListAssistanceFilesRequest& request) {
  store::ListQuery query;
  if (request.state() != v1::ASSISTANCE_STATE_UNSPECIFIED) {
    query.where = "t.state = ?";
    query.params = {static_cast<int>(request.state())};
  }
  return query;
}

}  // namespace redress::assistance
