/* R6: whoever has a record answers a preparation by that, and does not promise. */
#ifdef IGNORES_RECORDS
#define hasNoRecord(me) true
#else
#define hasNoRecord(me) (record[me] == 0)
#endif

/* R5: promises only a higher ballot. */
#define PREPARATION_ARRIVES(me, p) \
  :: d_step { \
       mayVote(me) && hasNoRecord(me) && phase[p] == PREPARING && \
       higher(ballot[p], promised[me]) -> \
       promise(me, ballot[p]) }

inline promise(me, b) {
  check(PROMISES, (b) >= everPromised[me]);
  everPromised[me] = b;
  sendPromise(me, b, 0);
  sendPromise(me, b, 1);
  sendPromise(me, b, 2);
#ifndef FORGETS_PROMISE
  promised[me] = b
#endif
}

inline sendPromise(me, b, p) {
  if
  :: phase[p] == PREPARING && same(ballot[p], b) -> promises[VOTE(p, me)] = REPORT(me)
  :: else
  fi
}

/* A short cut: a preparation whose ballot counts no promises any more could only raise a promise. */
#ifdef UNABRIDGED
int preparations;
#define LATE_PREPARATION_ARRIVES(me, p, proposalId) \
  :: d_step { \
       mayVote(me) && hasNoRecord(me) && HAS(preparations, BALLOT(p, proposalId)) && \
       !(phase[p] == PREPARING && ballot[p] == BALLOT(p, proposalId)) && \
       higher(BALLOT(p, proposalId), promised[me]) -> \
       promise(me, BALLOT(p, proposalId)) }
#else
#define LATE_PREPARATION_ARRIVES(me, p, proposalId)
#endif

/*
 * R5: accepts only a ballot not below its promise, and reports the highest it accepted.
 *
 * R5 does not say that to accept a ballot is to promise it, so here it is not. A core for which it
 * is (ACCEPTING_PROMISES) only refuses more.
 */
#define ADDRESS_ARRIVES(me, p, proposalId, a) \
  :: d_step { \
       mayVote(me) && HAS(proposals[PROPOSAL(p, proposalId)], a) && \
       !higher(promised[me], BALLOT(p, proposalId)) -> \
       accept(me, BALLOT(p, proposalId), a) }
#ifdef ADOPTS_NULL
#define PROPOSAL_ARRIVES(me, p, proposalId) \
  ADDRESS_ARRIVES(me, p, proposalId, 0) \
  ADDRESS_ARRIVES(me, p, proposalId, 1) \
  ADDRESS_ARRIVES(me, p, proposalId, 2)
#else
#define PROPOSAL_ARRIVES(me, p, proposalId) \
  ADDRESS_ARRIVES(me, p, proposalId, 1) \
  ADDRESS_ARRIVES(me, p, proposalId, 2)
#endif

#ifdef REPORTS_LAST
#define replacesAccepted(me, b) true
#else
#define replacesAccepted(me, b) higher(b, accepted[me])
#endif

inline accept(me, b, a) {
  check(PROMISES, (b) >= everPromised[me]);
  if
  :: replacesAccepted(me, b) -> accepted[me] = b; acceptedAddress[me] = a
  :: else
  fi;
  sendApproval(me, b, a, 0);
  sendApproval(me, b, a, 1);
  sendApproval(me, b, a, 2);
#ifdef ACCEPTING_PROMISES
  promised[me] = b;
  everPromised[me] = b
#endif
}

inline sendApproval(me, b, a, p) {
  if
  :: phase[p] == PROPOSED && same(ballot[p], b) && address[p] == a ->
     approvals[p] = approvals[p] | SET(me)
  :: else
  fi
}
