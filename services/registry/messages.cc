// What this service says to people, in their languages.
#include "common/status/messages.h"
#include "common/plan/texts.h"
#include "common/status/descriptions.h"
#include "services/registry/service.h"

namespace redress::registry {
namespace {

constexpr status::Message kMessages[] = {
    {"CASE_STATE", "信访事项当前状态不允许此操作", "The case's state does not allow this"},
    {"ROUND_STATE", "办理程序当前状态不允许此操作", "The round's state does not allow this"},
    {"CASE_NOT_CLOSABLE", "尚有未履行的职责，不能结案",
     "The case cannot be closed: duties are not met"},
    {"CLAIM_NOT_APPRAISABLE", "甄别前的职责尚未履行",
     "The claim cannot be appraised: duties before it are not done"},
    {"CLAIM_NOT_RESOLVABLE", "该诉求不属于应当解决的诉求",
     "The claim is not one that is to be resolved"},
    {"PRIOR_CONCLUSION_RECORDED", "原处理结论已登记", "The earlier conclusion is recorded already"},
    {"NEED_RECORDED", "困难情况已登记", "The need is recorded already"},
    {"SETTLEMENT_EXISTS", "已有生效的协议书", "A settlement agreement is in force already"},
    {"NO_SETTLEMENT", "没有生效的协议书", "There is no settlement agreement in force"},
    {"SETTLEMENT_PERFORMED", "协议履行情况已登记",
     "The agreement's performance is recorded already"},
    {"PAID_BY_SIGNER", "签订协议的人员不得经办该协议的付款",
     "Whoever signed the agreement does not pay under it"},
    {"ROUTE_NOT_PETITION", "该事项已分类处理，转其他法定途径",
     "The matter was sorted into another statutory channel"},
    {"DOCUMENT_NOT_ISSUED", "该文书尚未出具", "The document was not issued"},
    {"DOCUMENT_SERVED", "该文书已送达", "The document was served already"},
    {"NOTHING_TO_PERFORM", "处理意见没有需履行的事项", "The opinion promises nothing to perform"},
    {"OPINION_PERFORMED", "履行情况已登记", "Its performance is recorded already"},
    {"ACCUSED_HAS_PART", "被检举控告的单位或人员仍承担本案职责",
     "Somebody accused has a part in this case"},
    {"WALL_LEAVES_NO_OFFICE", "没有未被检举控告的信访工作机构可以办理，由上级机关登记",
     "No petition office that is not accused could handle this; the superior organ registers it"},
    {"ACCUSATION_OF_ITS_OWN",
     "检举控告须单独登记：由信访工作机构或者上级平台登记，请将密封材料交信访工作机构",
     "An accusation is a case of its own: the petition office or a higher platform registers it; "
     "hand the office a sealed note"},
    {"NOT_AN_ACCUSATION", "该事项不是检举控告；其他信访事项应当予以答复",
     "The case is no accusation; a petition is answered"},
    {"REVOCATION_PROPOSED", "已提请撤销登记，由他人决定",
     "To take the registration back is proposed already; somebody else decides"},
    {"NO_REVOCATION", "没有待决定的撤销登记提请", "Nobody proposes to take the registration back"},
    {"REVOCATION_TAKES_TWO", "撤销登记须由既非提请人也非登记人的人员决定",
     "Somebody decides who neither proposed it nor registered the case"},
    {"ALREADY_RECUSED", "该人员已在本案回避", "The official is recused from this case already"},
    {"RECUSED_HAS_PART", "该人员仍承担本案职责，须先移交",
     "The official has a part in this case, which is to be handed over first"},
    {"NOT_RECUSED", "该人员未在本案回避", "The official is not recused from this case"},
    {"KNOWN_PERSON", "本机关可能已登记过此人", "The office may know this person"},
    {"RECORD_NOT_LATE", "该记录未逾期补录，无需确认",
     "The record was made in time; nothing is to be confirmed"},
    {"RECORD_CONFIRMED", "该补录记录已确认", "The late record is confirmed already"},
    {"RECORDED_BY_CALLER", "补录记录须由录入人以外的人员确认",
     "Who made a late record does not confirm it"},
    {"NOT_OF_CAMPAIGN", "该集中行动不受理该日收到的信访事项",
     "The campaign does not take cases received on this day"},
    {"ROUND_OF_SUPERIOR", "复查、复核由上级机关（机构）办理，原办理单位不得参与",
     "A review or re-examination is the superior organ's"},
    {"ROUND_OF_UNIT", "处理意见由责任单位作出", "The handling opinion is the responsible unit's"},
    {"NOBODY_UNREGISTERED", "没有待确认身份的被检举控告人员",
     "Nobody accused is left to be identified"},
    {"REPLACEMENT_CLOSED", "继续办理其诉求的信访事项已办结，不能撤销登记",
     "The case that was to take its place is closed"},
    {"OWN_RECUSAL", "本人的回避由他人决定", "Your own recusal is decided by somebody else"},
    {"ACCESS_BARRED", "有关人员应当回避", "Somebody may have no part in this case"},
};

constexpr status::Description kDescriptions[] = {
    {"must not be set where there is no earlier conclusion", "没有此前的处理结论时不得填写"},
    {"at least one of names and registration_numbers must be set",
     "names、registration_numbers 至少填写一项"},
    {"must name whom an accusation is against, so that nothing of it reaches them (Reg. 30)",
     "须写明被检举控告的单位或人员，以免材料转到其手中（条例第三十条）"},
    {"look at who it is; then set petitioner where it is the same person, or is_somebody_else "
     "where "
     "it is not",
     "请核对是否为同一人：是，则填写 petitioner；不是，则填写 is_somebody_else"},
    {"is outside the region of the campaign", "不在该集中行动的区域内"},
    {"is for accusations only", "仅用于检举控告类诉求"},
    {"an accusation is a case of its own: register what else is asked for as another case",
     "检举控告须单独登记：其他诉求请另行登记"},
    {"{0} is not in the register; whoever is not goes into accused_unregistered",
     "{0} 未在名册中；不在名册中的人员填入 accused_unregistered"},
    {"the superior organ registers it: whoever is of an accused office, or of none, does not (Reg. "
     "30)",
     "由上级机关登记：被检举控告的机构及其人员、不属于任何机构的人员不得登记（条例第三十条）"},
    {"must be another case of the same petitioner, in which what they ask for goes on",
     "须为同一信访人的另一信访事项，其诉求在该事项中继续办理"},
    {"exactly one of petitioner and new_petitioner must be set",
     "petitioner 与 new_petitioner 须填写且只填写一项"},
    {"at least one of on_site, documents and consultation must be set",
     "现场调查、查阅材料、会商至少填写一项"},
    {"is required where there is an earlier conclusion", "有原处理结论时必须填写"},
    {"must be RESOLVE or EXPLAIN; a household's need is recorded with RecordNeed",
     "须为 RESOLVE 或 EXPLAIN；家庭困难情况用 RecordNeed 登记"},
    {"the day on which it was offered", "作出承诺的日期"},
    {"both sides must have signed", "须双方签字"},
    {"the signing", "签订日期"},
    {"must be within seven days of the signing, or of its recording where that is later",
     "须在签订之日或登记之日（以较晚者为准）起七日内"},
    {"must be the signed document", "须为双方签字的协议文本"},
    {"must be set for a payment", "给付款项的须填写金额"},
    {"is for payments only", "仅给付款项填写金额"},
    {"is no undertaking of the agreement", "不是协议中的履行事项"},
    {"the reopening", "恢复办理的日期"},
    {"closes no claim: each claim is answered by a standard of its own",
     "不能作为结案标准：各项诉求须按其自身的标准答复"},
    {"whoever signed the agreement does not pay under it; have somebody else pay and record it",
     "签订协议的人员不得经办该协议的付款；请由他人支付并登记"},
    {"the day on which it was decided", "决定回避的日期"},
    {"the receipt", "收到日期"},
    {"must be ACCEPTANCE_NOTICE", "须为 ACCEPTANCE_NOTICE（受理告知书）"},
    {"must be NON_ACCEPTANCE_NOTICE", "须为 NON_ACCEPTANCE_NOTICE（不予受理告知书）"},
    {"must be {0}", "须为 {0}"},
    {"the acceptance", "受理日期"},
    {"the opinion must state how it can be reviewed (Reg. 32)",
     "处理意见须告知复查复核途径（条例第三十二条）"},
    {"a refusal must be witnessed by outsiders", "拒收须有责任单位以外的见证人"},
    {"the day that the document bears", "文书落款日期"},
    {"the reopening", "恢复办理的日期"},
    {"the earlier appraisal", "上次甄别的日期"},
    {"the record was made in time; nothing is to be confirmed", "该记录未逾期补录，无需确认"},
    {"the record is confirmed already", "该补录记录已确认"},
    {"have somebody else of the office, or the superior office, compare it with the paper",
     "请信访办其他人员或上级信访部门核对原始材料后确认"},
    {"the opinion", "处理意见的日期"},
    {"is no closing standard of the plan that the case is held to", "不是本案所适用方案的结案标准"},
    {"at least one of registration_number, full_name, national_id and phone must be set",
     "登记编号、姓名、身份证号、电话至少填写一项"},
    {"hand the part over before the accusation is registered (Reg. 30)",
     "登记检举控告前须先移交其承担的职责（条例第三十条）"},
    {"is accused in or recused from this case (Reg. 28, 30)",
     "在本案中被检举控告或应当回避（条例第二十八条、第三十条）"},
    {"a review or re-examination is the superior organ's; the unit whose opinion is asked about "
     "has "
     "no part in its answer (Reg. 35, 36)",
     "复查、复核由上级机关（机构）办理，作出原处理意见的单位不得参与（条例第三十五条、第三十六条"
     "）"},
    {"the handling opinion is the responsible unit's; the petition office records those of a "
     "review "
     "or re-examination (Reg. 31)",
     "处理意见由责任单位作出；信访工作机构登记的是复查、复核意见（条例第三十一条）"},
    {"everybody accused was in the register when the case was registered; nobody is left to be "
     "identified",
     "登记时被检举控告的单位和人员均已在名册中，没有待确认身份的人员"},
    {"the case in which what they ask for was to go on is closed; answer this one, or have it "
     "proposed anew",
     "继续办理其诉求的信访事项已办结；请答复本事项，或者重新提请"},
    {"somebody else decides on your recusal: another head, or the superior office (Reg. 28)",
     "本人的回避由其他负责人或者上级信访工作机构决定（条例第二十八条）"},
    {"the withdrawal of the one before", "前一协议的撤回日期"},
    {"is not registered", "未在名册中"},
    {"the round is {0}; this needs it to be {1}", "办理程序现为 {0}，此操作须为 {1}"},
    {"its plan takes cases received from {0} on", "方案只纳入 {0} 及以后收到的事项"},
    {"its plan takes cases received until {0}", "方案只纳入 {0} 及以前收到的事项"},
    {"none of its plan's rule sets is in force on {0}", "{0} 当日没有适用的规则集"},
    {"this campaign takes it; register it there", "该集中行动可以受理，请在其中登记"},
    {"the receipt of the case", "信访事项收到日期"},
    {"its registration was taken back; what it asked for goes on in another case",
     "登记已撤销，其诉求在另一信访事项中办理"},
    {"the case is closed; reopen it first", "信访事项已结案，须先恢复办理"},
    {"a closure is proposed; approve or reject it first", "信访事项已提请结案，须先批准或退回"},
    {"the case is open already", "信访事项正在办理中"},
    {"no closure is proposed; propose it first", "信访事项尚未提请结案"},
};

}  // namespace

void RegisterMessages() {
  status::RegisterMessages(kMessages);
  status::RegisterDescriptions(kDescriptions);
  plan::RegisterTexts();
}

}  // namespace redress::registry
