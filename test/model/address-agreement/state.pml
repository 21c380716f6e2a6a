/* ---- The nodes. ---- */

byte alive = FIRST_LIVES;
byte started = FIRST_LIVES;
byte proposers = SET(0) | SET(1);

/* R5: the ballot promised; the highest ballot accepted, with its address (1 or 2; 0 is none). */
byte promised[INSTANCES];
byte accepted[INSTANCES];
byte acceptedAddress[INSTANCES];

/* The address decided on, as far as the instance knows. */
byte record[INSTANCES];

/* The last ballot of each proposer, how far it came, its view, and the address it proposed. */
#define IDLE 0
#define PREPARING 1
#define PROPOSED 2
byte ballot[3];
byte phase[3];
byte view[3];
byte address[3];

/*
 * ---- The network: what was ever sent. ----
 *
 * A message may arrive at any later time, any number of times, or never: that is loss, repetition
 * and any order. So the network is a set that only grows. Votes are counted in that very set, as a
 * proposer that keeps the votes it received may have received any part of those sent.
 *
 * Not kept are votes for a ballot that counts none, as it was given up or is past that. Preparations
 * need no place, since the last ballot of a proposer that prepares is the one to promise; nor do
 * records, since what was decided is what may arrive. Rejections are left out: a proposer that has
 * one waits and takes a higher ballot, and here it may do so at any time.
 */

/* The addresses proposed by each ballot. */
#define PROPOSAL(p, proposalId) ((p) * PROPOSAL_IDS + (proposalId) - 1)
byte proposals[3 * PROPOSAL_IDS];
byte proposalsSent;
byte highestId;

/* The promises for the last ballot of each proposer, with what they report; 0 is no promise. */
#define VOTE(p, voter) ((p) * INSTANCES + (voter))
#define REPORT(voter) (1 + 3 * accepted[voter] + acceptedAddress[voter])
#define reportedBallot(p, voter) ((promises[VOTE(p, voter)] - 1) / 3)
#define reportedAddress(p, voter) ((promises[VOTE(p, voter)] - 1) % 3)
byte promises[3 * INSTANCES];

/* Who approved the last ballot of each proposer. */
byte approvals[3];

/* ---- What only the properties ask for. ---- */

/* The highest ballot that each instance ever promised. */
byte everPromised[INSTANCES];
/* The views of all ballots that reached a proposal: a bit for each view there can be. */
short proposedViews;
/* Addresses that were somebody's own choice, and addresses decided on. */
byte chosen;
byte decided;

/* ---- Used within a step, and 0 between two. ---- */

byte newView, votes, lead, newAddress, viewsKept;

/*
 * ---- Short cuts. ----
 *
 * What can only keep nodes from acting later is left out, and what no longer matters for anyone is
 * forgotten. UNABRIDGED takes all these short cuts back; the results must be the same.
 */
#define isAtEnd (proposalsSent == PROPOSALS_MAX)
#ifdef UNABRIDGED
#define mayVote(me) HAS(alive, me)
#define mayGiveUp(p) true
#else
/* At the end all votes are given at once: proposer.pml. */
#define mayVote(me) (HAS(alive, me) && !isAtEnd)
/* A ballot given up before its proposal did nothing but raise promises. */
#define mayGiveUp(p) (phase[p] != PREPARING)
#endif
