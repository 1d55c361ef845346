// Checkpoints, and what the offline verification finds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/facts/checkpoint.h"
#include "common/facts/verify.h"
#include "tests/unit/facts_sample.h"

namespace redress::facts {
namespace {

class FactsVerifyTest : public ::testing::Test {
 protected:
  FactsVerifyTest()
      : checkpointer_(*Checkpointer::FromPem("visits", keys_.private_pem)),
        key_(*VerifyingKey::FromPem(keys_.public_pem)) {
    Frontier frontier;
    for (int i = 0; i < 10; ++i) {
      v1::FeedEntry entry;
      entry.set_position(i);
      entry.set_fact(absl::StrCat("fact ", i));
      entry.set_nonce(base::RandomBytes(kNonceBytes));
      const Hash leaf = LeafHash(entry.nonce(), entry.fact());
      entry.set_leaf_hash(std::string(AsBytes(leaf)));
      frontier.Append(leaf);
      entries_.push_back(entry);
    }
    checkpoint_ = *checkpointer_.Sign(frontier, testing::Instant(2018, 10, 10));
  }

  void Expect(Fault fault, int64_t position) {
    const VerifyReport report = VerifyFeed(entries_, checkpoint_, key_);
    EXPECT_EQ(FaultName(report.fault), FaultName(fault)) << report.detail;
    EXPECT_EQ(report.first_bad_position, position);
    EXPECT_EQ(report.ok(), fault == Fault::kNone);
  }

  testing::KeyPair keys_;
  Checkpointer checkpointer_;
  VerifyingKey key_;
  std::vector<v1::FeedEntry> entries_;
  v1::Checkpoint checkpoint_;
};

TEST_F(FactsVerifyTest, WholeFeed) {
  Expect(Fault::kNone, -1);
  EXPECT_EQ(checkpoint_.key_id().size(), 16u);
  EXPECT_EQ(checkpoint_.key_id(), key_.key_id());
}

TEST_F(FactsVerifyTest, FilteredFeedStillVerifies) {
  entries_[3].clear_fact();
  entries_[3].clear_nonce();
  const VerifyReport report = VerifyFeed(entries_, checkpoint_, key_);
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.hidden, 1);
}

TEST_F(FactsVerifyTest, WhatCameAfterTheCheckpointIsSetApart) {
  v1::FeedEntry next = entries_[0];
  next.set_position(10);
  entries_.push_back(next);
  const VerifyReport report = VerifyFeed(entries_, checkpoint_, key_);
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.beyond, 1);
}

TEST_F(FactsVerifyTest, AlteredBytes) {
  (*entries_[4].mutable_fact())[0] ^= 1;
  Expect(Fault::kAltered, 4);
}

TEST_F(FactsVerifyTest, AlteredNonce) {
  (*entries_[5].mutable_nonce())[0] ^= 1;
  Expect(Fault::kAltered, 5);
}

TEST_F(FactsVerifyTest, AlteredBytesWithANewHash) {
  entries_[4].set_fact("another");
  entries_[4].set_leaf_hash(
      std::string(AsBytes(LeafHash(entries_[4].nonce(), entries_[4].fact()))));
  Expect(Fault::kWrongRoot, -1);
}

TEST_F(FactsVerifyTest, MissingAndReordered) {
  entries_.erase(entries_.begin() + 6);
  Expect(Fault::kOutOfOrder, 6);
}

TEST_F(FactsVerifyTest, MissingAndRenumbered) {
  entries_.erase(entries_.begin() + 6);
  for (size_t i = 6; i < entries_.size(); ++i) entries_[i].set_position(static_cast<int64_t>(i));
  Expect(Fault::kTooShort, 9);
}

TEST_F(FactsVerifyTest, Reordered) {
  std::swap(entries_[2], entries_[7]);
  Expect(Fault::kOutOfOrder, 2);
  entries_[2].set_position(2);
  entries_[7].set_position(7);
  Expect(Fault::kWrongRoot, -1);
}

TEST_F(FactsVerifyTest, Twice) {
  entries_.insert(entries_.begin() + 3, entries_[2]);
  Expect(Fault::kOutOfOrder, 3);
}

TEST_F(FactsVerifyTest, NotWholeEntries) {
  entries_[1].set_leaf_hash("short");
  Expect(Fault::kBadEntry, 1);
  entries_[0].clear_nonce();
  Expect(Fault::kBadEntry, 0);
}

TEST_F(FactsVerifyTest, TamperedCheckpoint) {
  const v1::Checkpoint good = checkpoint_;
  checkpoint_.set_tree_size(9);
  Expect(Fault::kBadSignature, -1);
  checkpoint_ = good;
  checkpoint_.set_service("registry");
  Expect(Fault::kBadSignature, -1);
  checkpoint_ = good;
  (*checkpoint_.mutable_signature())[10] ^= 1;
  Expect(Fault::kBadSignature, -1);
  checkpoint_ = good;
  checkpoint_.clear_root();
  Expect(Fault::kBadSignature, -1);
}

TEST_F(FactsVerifyTest, SignedBySomebodyElse) {
  key_ = *VerifyingKey::FromPem(testing::KeyPair().public_pem);
  Expect(Fault::kWrongKey, -1);
}

TEST_F(FactsVerifyTest, AnEntryThatTheServiceFindsDamagedIsAFindingWithItsPosition) {
  entries_[4].set_damaged(true);
  entries_[4].clear_fact();
  entries_[4].clear_nonce();
  Expect(Fault::kDamaged, 4);
  entries_[4].clear_leaf_hash();  // the row is gone
  Expect(Fault::kDamaged, 4);
}

// A history that was rewritten whole and signed anew agrees with itself, not with what was seen.
TEST_F(FactsVerifyTest, WhatWasVerifiedBeforeMustStillBeThere) {
  const v1::Checkpoint earlier = checkpoint_;
  FeedVerifier first(earlier, key_);
  for (const v1::FeedEntry& entry : entries_) first.Add(entry);
  ASSERT_TRUE(first.Finish().ok());
  ASSERT_EQ(first.leaves().size(), 10 * kHashBytes);

  const auto resign = [&](size_t size) {
    Frontier frontier;
    for (size_t i = 0; i < size; ++i) frontier.Append(*HashFromBytes(entries_[i].leaf_hash()));
    checkpoint_ = *checkpointer_.Sign(frontier, testing::Instant(2018, 11, 1));
  };
  const auto verify = [&](const std::string& leaves) {
    FeedVerifier verifier(checkpoint_, key_);
    verifier.HoldAgainst(earlier, leaves);
    for (const v1::FeedEntry& entry : entries_) {
      if (!verifier.Add(entry)) break;
    }
    return verifier.Finish();
  };
  v1::FeedEntry next = entries_[0];
  next.set_position(10);
  entries_.push_back(next);
  resign(11);
  EXPECT_TRUE(verify(first.leaves()).ok()) << "it only grew";

  entries_[6].set_fact("another fact");
  entries_[6].set_leaf_hash(
      std::string(AsBytes(LeafHash(entries_[6].nonce(), entries_[6].fact()))));
  resign(11);
  EXPECT_TRUE(VerifyFeed(entries_, checkpoint_, key_).ok());
  EXPECT_EQ(verify(first.leaves()).fault, Fault::kRewritten);
  EXPECT_EQ(verify(first.leaves()).first_bad_position, 6);
  // Without the leaves that it was rewritten, though not where.
  EXPECT_EQ(verify("").fault, Fault::kRewritten);
  EXPECT_EQ(verify("").first_bad_position, -1);

  entries_.resize(8);
  resign(8);
  EXPECT_EQ(verify(first.leaves()).fault, Fault::kTooShort);
  EXPECT_EQ(verify(first.leaves()).first_bad_position, 8);
}

TEST_F(FactsVerifyTest, EmptyFeed) {
  entries_.clear();
  checkpoint_ = *checkpointer_.Sign(Frontier(), testing::Instant(2018, 10, 10));
  Expect(Fault::kNone, -1);
}

TEST_F(FactsVerifyTest, SavedFeedIsReadBack) {
  std::stringstream file;
  for (const v1::FeedEntry& entry : entries_) ASSERT_TRUE(WriteEntry(file, entry).ok());
  const std::string bytes = file.str();
  FeedVerifier verifier(checkpoint_, key_);
  while (true) {
    const auto entry = ReadEntry(file);
    ASSERT_TRUE(entry.ok());
    if (!entry->has_value()) break;
    ASSERT_TRUE(verifier.Add(**entry));
  }
  EXPECT_TRUE(verifier.Finish().ok());

  std::stringstream cut(bytes.substr(0, bytes.size() - 1));
  absl::StatusOr<std::optional<v1::FeedEntry>> entry;
  do {
    entry = ReadEntry(cut);
  } while (entry.ok() && entry->has_value());
  EXPECT_EQ(entry.status().code(), absl::StatusCode::kDataLoss);

  std::stringstream long_entry("\xff\xff\xff\xff\x7f");
  EXPECT_EQ(ReadEntry(long_entry).status().code(), absl::StatusCode::kDataLoss);
  std::stringstream no_message(std::string("\x02\xff\xff", 3));
  EXPECT_EQ(ReadEntry(no_message).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(FactsVerifyTest, KeyFileMustBePrivate) {
  const std::string path = absl::StrCat(::testing::TempDir(), "feed-key-", getpid(), ".pem");
  std::ofstream(path) << keys_.private_pem;
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(Checkpointer::Load("visits", path).status().code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  const auto loaded = Checkpointer::Load("visits", path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->key_id(), checkpointer_.key_id());
  std::ofstream(path) << keys_.public_pem;
  EXPECT_EQ(Checkpointer::Load("visits", path).status().code(), absl::StatusCode::kInvalidArgument);
  std::remove(path.c_str());
  EXPECT_FALSE(Checkpointer::FromPem("", keys_.private_pem).ok());
  EXPECT_FALSE(VerifyingKey::FromPem(keys_.private_pem).ok());
}

}  // namespace
}  // namespace redress::facts
