#define mayPropose(p) (HAS(alive & proposers, p) && hasNoRecord(p))

/* ---- Preparation. It gives the last ballot up, as a changed view (R3) or a rejection does. ---- */

#define PREPARE(p, proposalId) \
  :: d_step { \
       mayPropose(p) && !isAtEnd && mayGiveUp(p) && mayUse(p, proposalId) -> \
       prepare(p, proposalId) }

inline prepare(p, proposalId) {
  if
  :: ballot[p] != BALLOT(p, proposalId) -> clearPromises(p)
  :: else
  fi;
  stopCounting(p);
  ballot[p] = BALLOT(p, proposalId);
  phase[p] = PREPARING;
  if
  :: proposalId > highestId -> highestId = proposalId
  :: else
  fi;
#ifdef UNABRIDGED
  preparations = preparations | SET(ballot[p])
#endif
}

inline stopCounting(p) {
  phase[p] = IDLE;
  view[p] = 0;
  address[p] = 0;
  approvals[p] = 0
}

inline clearPromises(p) {
  promises[VOTE(p, 0)] = 0;
  promises[VOTE(p, 1)] = 0;
  promises[VOTE(p, 2)] = 0;
  promises[VOTE(p, 3)] = 0
}

/* ---- Proposal. The view, fixed at the preparation, is guessed here, where it is first needed. ---- */

#define PROPOSE(p) \
  :: atomic { \
       mayPropose(p) && !isAtEnd && phase[p] == PREPARING && hasPromise(p) -> \
       guessView(p); \
       propose(p) }

#define hasPromise(p) \
  (promises[VOTE(p, 0)] + promises[VOTE(p, 1)] + promises[VOTE(p, 2)] + promises[VOTE(p, 3)] != 0)

/* R3: the proposer and whoever else it hears, which is up to the network. */
inline guessView(p) {
  newView = SET(p);
  mayHear(p, 0);
  mayHear(p, 1);
  mayHear(p, 2);
  mayHear(p, 3)
}

inline mayHear(p, instance) {
  if
  :: p != instance && HAS(started, instance) -> newView = newView | SET(instance)
  :: true
  fi
}

#define mayLead(p, voter) (promises[VOTE(p, voter)] != 0 && counted(SET(voter), newView) != 0)
#define repeats(p, voter, other) \
  (mayLead(p, other) && promises[VOTE(p, voter)] == promises[VOTE(p, other)])
#define NOBODY INSTANCES

/*
 * Of the promises sent, those are taken that report no higher ballot than `lead` does. So each report
 * that can be the highest of a quorum is tried, once, with the largest quorum in which it is.
 */
inline propose(p) {
  if
  :: mayLead(p, 0) -> lead = 0
  :: mayLead(p, 1) && !repeats(p, 1, 0) -> lead = 1
  :: mayLead(p, 2) && !repeats(p, 2, 0) && !repeats(p, 2, 1) -> lead = 2
  :: mayLead(p, 3) && !repeats(p, 3, 0) && !repeats(p, 3, 1) && !repeats(p, 3, 2) -> lead = 3
  :: else -> lead = NOBODY
  fi;
  if
  :: lead != NOBODY ->
     d_step { takePromises(p); compareViews() };
     if
     :: isQuorum(votes, newView) && viewsKept == VIEW_END ->
        chooseAddress(p);
        d_step { sendProposal(p) }
     :: else
     fi
  :: else
  fi;
  d_step {
    newView = 0;
    votes = 0;
    lead = 0;
    newAddress = 0;
    viewsKept = 0
  }
}

inline takePromises(p) {
  takePromise(p, 0);
  takePromise(p, 1);
  takePromise(p, 2);
  takePromise(p, 3)
}

#ifdef ADOPTS_ANY
/* Any report of an accepted address will do. */
#define outranksLead(p, voter) (reportedBallot(p, lead) == 0 && reportedBallot(p, voter) != 0)
#else
#define outranksLead(p, voter) higher(reportedBallot(p, voter), reportedBallot(p, lead))
#endif

inline takePromise(p, voter) {
  if
  :: promises[VOTE(p, voter)] != 0 && !outranksLead(p, voter) -> votes = votes | SET(voter)
  :: else
  fi
}

inline compareViews() {
  do
  :: viewsKept < VIEW_END && keepsCondition(newView, viewsKept) -> viewsKept++
  :: else -> break
  od
}

/*
 * R7: the address accepted with the highest ballot, else an own choice. The choice is free: rivals
 * want different addresses, and one of them may want another the next time, because it knows more
 * records or a legacy node. Two addresses are enough to disagree; the first one chosen is called 1.
 */
#ifdef IGNORES_ACCEPTED
#define adoptsAddress(p) false
#else
#define adoptsAddress(p) (reportedBallot(p, lead) != 0)
#endif

inline chooseAddress(p) {
  if
  :: adoptsAddress(p) -> newAddress = reportedAddress(p, lead)
  :: !adoptsAddress(p) -> newAddress = 1; chosen = chosen | SET(1)
  :: !adoptsAddress(p) && chosen != 0 -> newAddress = 2; chosen = chosen | SET(2)
#ifdef ADOPTS_NULL
  :: !adoptsAddress(p) -> newAddress = 0
#endif
  fi
}

inline sendProposal(p) {
  reached(ADOPTED_ADDRESS, adoptsAddress(p));
  reached(RIVAL_PROPOSALS, chosen == (SET(1) | SET(2)));
  proposals[PROPOSAL(p, PROPOSAL_ID(ballot[p]))] =
    proposals[PROPOSAL(p, PROPOSAL_ID(ballot[p]))] | SET(newAddress);
  proposalsSent++;
#ifndef ANY_VIEWS
  proposedViews = proposedViews | SET(newView);
#endif
  phase[p] = PROPOSED;
  view[p] = newView;
  address[p] = newAddress;
#ifndef REUSES_BALLOT
  clearPromises(p);
#endif
#ifndef UNABRIDGED
  if
  :: isAtEnd -> voteAll()
  :: else
  fi
#endif
}

/*
 * A short cut: after the last proposal nobody asks what was accepted, and to approve one ballot keeps
 * nobody from approving another. So all who may approve do, and everything but approvals is forgotten.
 */
inline voteAll() {
  voteAtEnd(0);
  voteAtEnd(1);
  voteAtEnd(2);
  voteAtEnd(3);
  giveUpAtEnd(0);
  giveUpAtEnd(1);
  giveUpAtEnd(2)
}

inline voteAtEnd(voter) {
  approveAtEnd(voter, 0);
  approveAtEnd(voter, 1);
  approveAtEnd(voter, 2);
  promised[voter] = 0;
  everPromised[voter] = 0;
  accepted[voter] = 0;
  acceptedAddress[voter] = 0
}

inline approveAtEnd(voter, p) {
  if
  :: HAS(alive, voter) && phase[p] == PROPOSED && !higher(promised[voter], ballot[p]) ->
     approvals[p] = approvals[p] | SET(voter)
  :: else
  fi
}

inline giveUpAtEnd(p) {
  if
  :: phase[p] == PREPARING -> retire(p)
  :: else
  fi
}

/* ---- Decision. R3: by a quorum of the view that the ballot had all along. ---- */

#define DECIDE(p) \
  :: d_step { \
       mayPropose(p) && phase[p] == PROPOSED && isQuorum(approvals[p], view[p]) -> decide(p) }

inline decide(p) {
  reached(DECISION, true);
  reached(SECOND_DECISION, decided != 0);
  reached(DECISION_WITH_NEWCOMER, COUNT(view[p]) == INSTANCES && HAS(approvals[p], NEWCOMER));
  reached(DECISION_OF_NEWCOMER, p == NEWCOMER);
  decided = decided | SET(address[p]);
  check(AGREEMENT, decided == SET(address[p]));
  check(VALIDITY, HAS(chosen, address[p]));
  record[p] = address[p];
  retire(p)
}

/* R6: with a record a proposer stops. */
inline retire(p) {
  stopCounting(p);
  clearPromises(p);
#ifndef IGNORES_RECORDS
  ballot[p] = 0
#endif
}

#ifdef SWAPS_VIEW
#define SWAP_VIEW(p) \
  :: atomic { \
       mayPropose(p) && phase[p] == PROPOSED -> \
       guessView(p); \
       view[p] = newView; \
       newView = 0 }
#else
#define SWAP_VIEW(p)
#endif

/*
 * R6: a record is taken over. A short cut: whoever takes one over does less from then on, so records
 * stay where they were decided.
 */
#ifdef UNABRIDGED
#define RECORD_ARRIVES(me, a) \
  :: d_step { \
       HAS(alive, me) && record[me] == 0 && HAS(decided, a) -> \
       record[me] = a; \
       if \
       :: me != VOTER_ONLY -> reached(ADOPTED_RECORD, phase[me] != IDLE); retire(me) \
       :: else \
       fi }
#else
#define RECORD_ARRIVES(me, a)
#endif
