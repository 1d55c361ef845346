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
           "若再上访，退还补偿款",
           "收款后撤访，不再走访",
           "撤销信访，一次性了结",
           "自愿放弃诉求",
           "放弃追索",
           "不再向任何部门反映",
           "签约后撤诉",
           "甲方补偿以不赴京为前提",
           "不再上京",
           "不再拨打12345",
           "上访则补偿作废",
           "进京则取消低保",
           "撤访后发放",
           "停止走访才给",
           "Party B will drop the petition.",
           "agrees not to complain again",
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
           "责任单位撤销原处罚决定，并书面答复信访人。",
           "干部入户走访后，于本月内发放慰问金。",
           "对上访反映的问题，即日起核查。",
           "原材料不能反映实际面积的，由双方共同丈量。",
           "若逾期未付，责任单位按日支付违约金。",
           "按月发放低保金，协助申请残疾人两项补贴。",
           "The unit pays 1,200 yuan by June 30 and repairs the road.",
       }) {
    EXPECT_FALSE(WaivesRights(text)) << text;
  }
}

}  // namespace
}  // namespace redress::rules
