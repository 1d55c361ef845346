#include "common/rpc/connections.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <iterator>
#include <utility>

namespace redress::rpc {

ino_t InodeOf(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode) ? info.st_ino : 0;
}

void Connections::ForgetClosed() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (InodeOf(it->fd) == it->inode) {
      ++it;
      continue;
    }
    const auto named = by_peer_.find(it->peer);
    if (named != by_peer_.end() && named->second == it) by_peer_.erase(named);
    it = connections_.erase(it);
  }
}

bool Connections::Add(int fd, std::string peer, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (connections_.size() >= options_.most) ForgetClosed();
  if (connections_.size() >= options_.most) {
    auto victim = connections_.begin();
    while (victim != connections_.end() &&
           (victim->known || now - victim->since < options_.grace)) {
      ++victim;
    }
    if (victim == connections_.end()) return false;
    shutdown(victim->fd, SHUT_RDWR);
    const auto named = by_peer_.find(victim->peer);
    if (named != by_peer_.end() && named->second == victim) by_peer_.erase(named);
    connections_.erase(victim);
  }
  connections_.push_back({fd, InodeOf(fd), peer, now});
  by_peer_[std::move(peer)] = std::prev(connections_.end());
  return true;
}

void Connections::Known(std::string_view peer) {
  absl::MutexLock lock(&mutex_);
  const auto it = by_peer_.find(absl::string_view(peer.data(), peer.size()));
  if (it != by_peer_.end()) it->second->known = true;
}

size_t Connections::open() {
  absl::MutexLock lock(&mutex_);
  ForgetClosed();
  return connections_.size();
}

}  // namespace redress::rpc
