// A text that would have somebody give up the right to petition is refused, however it is written.
#include "common/rules/waiver.h"

#include <gtest/gtest.h>

namespace redress::rules {
namespace {

TEST(Waiver, IsFoundInEveryPlainWording) {
  for (const char* text : {
           "自愿放弃上访权利",
           "甲方一次性补助，乙方息诉息访。",
           "乙方承诺罢访",
           "领款后不再就此事上访",
           "今后不得以同一事由到任何部门信访、投诉",
           "保证不进京",
           "签字后放弃申请复查、复核的权利",
           "不再追究任何单位和个人责任",
           "永不 上 访",
           "不，再，信，访",
           "放棄上訪權利",
           "不再\u200b上\u200b访",
           "自愿撤回信访事项",
           "I waive the right to petition",
           "There shall be NO FURTHER PETITION.",
           "ｗａｉｖｅｓ all claims",
       }) {
    EXPECT_TRUE(WaivesRights(text)) << text;
  }
}

TEST(Waiver, WhatIsUndertakenIsNone) {
  for (const char* text : {
           "",
           "补发差额。",
           "按处理意见书办理更正和补发手续，双方对数额没有异议。",
           "责任单位于六月底前修复道路，逾期每日按约定支付违约金。",
           "更正原信访事项处理意见，并于三十日内补发证书。",
           "就信访事项的事实认定和政策依据听取各方意见。",
           "按月发放低保金，协助申请残疾人两项补贴。",
           "The unit pays 1,200 yuan by June 30 and repairs the road.",
       }) {
    EXPECT_FALSE(WaivesRights(text)) << text;
  }
}

}  // namespace
}  // namespace redress::rules
