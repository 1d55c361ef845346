#include "common/rpc/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/connections.h"
#include "common/status/macros.h"

namespace redress::rpc {
namespace {

constexpr int kBacklog = 256;
// Where the process is out of descriptors, accepting at once again would only burn the processor.
constexpr absl::Duration kPause = absl::Milliseconds(100);

constexpr size_t kMostRemembered = 4096;

struct Address {
  std::string host;
  std::string port;
};

absl::StatusOr<Address> Parse(const std::string& text) {
  const size_t colon = text.rfind(':');
  int number = -1;
  if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(colon + 1), &number) ||
      number < 0 || number > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not host:port"));
  }
  Address address{text.substr(0, colon), text.substr(colon + 1)};
  if (address.host.size() > 1 && address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  return address;
}

int PortOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

// As ServerContext::peer() has it.
std::string PeerOf(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
    return absl::StrCat("ipv6:%5B", absl::StrReplaceAll(text, {{"%", "%25"}}),
                        "%5D:", PortOf(address));
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
  return absl::StrCat("ipv4:", text, ":", PortOf(address));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(const std::string& text) {
  ASSIGN_OR_RETURN(const Address address, Parse(text));
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("\"", address.host, "\" is no address of ours"));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  std::unique_ptr<Listener> listener(new Listener());
  listener->socket_ = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  listener->wake_ = eventfd(0, EFD_CLOEXEC);
  const int yes = 1;
  setsockopt(listener->socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  // Accepted connections inherit it: an answer leaves at once, as gRPC's own listener has it.
  setsockopt(listener->socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  if (listener->socket_ < 0 || listener->wake_ < 0 ||
      bind(listener->socket_, found->ai_addr, found->ai_addrlen) != 0 ||
      listen(listener->socket_, kBacklog) != 0 ||
      getsockname(listener->socket_, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", text, ": ", std::strerror(errno)));
  }
  listener->port_ = PortOf(bound);
  return listener;
}

Listener::~Listener() {
  Stop();
  if (wake_ >= 0) close(wake_);
}

void Listener::Start(std::unique_ptr<Acceptor> acceptor, std::shared_ptr<Connections> connections) {
  acceptor_ = std::move(acceptor);
  connections_ = std::move(connections);
  thread_ = std::thread([this] { Run(); });
}

void Listener::Stop() {
  if (thread_.joinable()) {
    eventfd_write(wake_, 1);
    thread_.join();
  }
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

void Listener::CloseConnections() {
  for (const auto& [fd, inode] : accepted_) {
    if (InodeOf(fd) == inode) shutdown(fd, SHUT_RDWR);
  }
  accepted_.clear();
}

void Listener::Remember(int fd) {
  // What gRPC has closed by now need not be known any more.
  if (accepted_.size() >= kMostRemembered) {
    std::erase_if(accepted_,
                  [](const auto& known) { return InodeOf(known.first) != known.second; });
  }
  accepted_.emplace_back(fd, InodeOf(fd));
}

void Listener::Run() {
  pollfd watched[] = {{socket_, POLLIN, 0}, {wake_, POLLIN, 0}};
  while (true) {
    poll(watched, 2, -1);
    if (watched[1].revents != 0) return;
    sockaddr_storage address = {};
    socklen_t size = sizeof(address);
    const int fd = accept4(socket_, reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
      if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) continue;
      log::Event(log::Level::kError, "accept_failed", {{"errno", errno}});
      absl::SleepFor(kPause);
      continue;
    }
    if (!connections_->Add(fd, PeerOf(address), absl::Now())) {
      log::Event(log::Level::kWarning, "connection_refused");
      close(fd);
      continue;
    }
    Remember(fd);
    Acceptor::NewConnectionParameters connection;
    connection.listener_fd = socket_;
    connection.fd = fd;
    acceptor_->HandleNewConnection(&connection);
  }
}

}  // namespace redress::rpc
