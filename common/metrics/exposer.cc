#include "common/metrics/exposer.h"

#include <exception>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/view.h"
#include "common/status/error.h"

namespace redress::metrics {
namespace {

using base::AbslView;

// Splits "host:port", "[v6]:port"; false if it is neither.
bool Split(std::string_view address, std::string_view* host, int* port) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  *host = address.substr(0, colon);
  return absl::SimpleAtoi(AbslView(address.substr(colon + 1)), port) && *port >= 0 &&
         *port <= 65535;
}

bool IsLoopbackHost(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  const std::vector<absl::string_view> parts = absl::StrSplit(AbslView(host), '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (absl::string_view part : parts) {
    int value = 0;
    if (part.size() > 3 || !absl::SimpleAtoi(part, &value) || value < 0 || value > 255)
      return false;
  }
  return true;
}

}  // namespace

bool IsLoopback(std::string_view address) {
  std::string_view host;
  int port = 0;
  return Split(address, &host, &port) && IsLoopbackHost(host);
}

absl::StatusOr<std::unique_ptr<Exposer>> Exposer::Start(std::string_view address,
                                                        const Registry& registry) {
  std::string_view host;
  int port = 0;
  if (!Split(address, &host, &port)) {
    return absl::InvalidArgumentError(
        absl::StrCat("metrics address \"", AbslView(address), "\" is not host:port"));
  }
  if (!IsLoopbackHost(host)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "metrics address \"", AbslView(address),
        "\" can be reached from other machines, but /metrics here has neither encryption nor "
        "authentication: use 127.0.0.1 or [::1], with a TLS proxy in front if needed"));
  }
  std::string bind(address);
  if (host == "localhost") bind = absl::StrCat("127.0.0.1:", port);
  try {
    std::unique_ptr<Exposer> exposer(new Exposer());
    exposer->exposer_ = std::make_unique<prometheus::Exposer>(bind, 1);
    exposer->exposer_->RegisterCollectable(registry.native());
    const std::vector<int> ports = exposer->exposer_->GetListeningPorts();
    exposer->port_ = ports.empty() ? port : ports.front();
    return exposer;
  } catch (const std::exception&) {
    return absl::UnavailableError(absl::StrCat("cannot serve /metrics on ", AbslView(address),
                                               ": the port is in use or may not be opened"));
  }
}

}  // namespace redress::metrics
