// The lists of assistance: predicates and orders. The only SQL of the service stands in store.cc.
#ifndef REDRESS_SERVICES_ASSISTANCE_STORE_H_
#define REDRESS_SERVICES_ASSISTANCE_STORE_H_

#include "common/store/store.h"
#include "redress/assistance/v1/assistance.pb.h"

namespace redress::assistance {

store::ListQuery SurveysOf(const v1::ListSurveysRequest& request);
// Every file in the state asked for; the store leaves out those of cases that the caller may not
// see.
store::ListQuery FilesIn(const v1::ListAssistanceFilesRequest& request);

}  // namespace redress::assistance

#endif  // REDRESS_SERVICES_ASSISTANCE_STORE_H_
