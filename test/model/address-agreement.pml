/*
 * The agreement on the address of one type in one epoch, for Spin: three nodes, two of which
 * propose, a network that loses, repeats and reorders, and one restart. `npm run model` checks it;
 * docs/protocols/consensus-model.md has the rules (R1 to R7), the claims (G1, G2), and the results.
 *
 * The model does all that a core may do, and more: where a rule only keeps a node from acting, the
 * model may do without, and what holds without the rule holds with it.
 *
 * An instance is one life of a node (R1): 0 and 1 propose, 3 only votes, and 2 is the second life
 * of the one that restarts. A set of instances, or of addresses, is a number with a bit for each.
 *
 * Whatever is in capitals and not defined here is given with -D: the bounds, what is to be checked,
 * and mutations, each of which breaks one rule.
 */

/* How many proposalIds there are, and how many proposals are sent in all. */
#ifndef PROPOSAL_IDS
#define PROPOSAL_IDS 2
#endif
#ifndef PROPOSALS_MAX
#define PROPOSALS_MAX 3
#endif

#define INSTANCES 4
#define NEWCOMER 2
#define VOTER_ONLY 3
#define FIRST_LIVES (SET(0) | SET(1) | SET(VOTER_ONLY))

#define SET(member) (1 << (member))
#define HAS(set, member) (((set) >> (member)) & 1)
#define COUNT(set) (HAS(set, 0) + HAS(set, 1) + HAS(set, 2) + HAS(set, 3))

#include "address-agreement/properties.pml"
#include "address-agreement/ballots.pml"
#include "address-agreement/views.pml"
#include "address-agreement/state.pml"
#include "address-agreement/acceptor.pml"
#include "address-agreement/proposer.pml"
#include "address-agreement/restart.pml"

#if PROPOSAL_IDS == 2
#define EACH_ID(STEP, me) STEP(me, 1) STEP(me, 2)
#define EACH_ID_OF(STEP, me, p) STEP(me, p, 1) STEP(me, p, 2)
#elif PROPOSAL_IDS == 3
#define EACH_ID(STEP, me) STEP(me, 1) STEP(me, 2) STEP(me, 3)
#define EACH_ID_OF(STEP, me, p) STEP(me, p, 1) STEP(me, p, 2) STEP(me, p, 3)
#endif

#define ACCEPTOR_OF(me, p) \
  PREPARATION_ARRIVES(me, p) \
  EACH_ID_OF(LATE_PREPARATION_ARRIVES, me, p) \
  EACH_ID_OF(PROPOSAL_ARRIVES, me, p)
#define ACCEPTOR(me) ACCEPTOR_OF(me, 0) ACCEPTOR_OF(me, 1) ACCEPTOR_OF(me, 2)
#define PROPOSER(me) EACH_ID(PREPARE, me) PROPOSE(me) SWAP_VIEW(me) DECIDE(me)
#define LEARNER(me) RECORD_ARRIVES(me, 1) RECORD_ARRIVES(me, 2)

/* Any of these, at any time. */
init {
end:
  do
  ACCEPTOR(0)
  ACCEPTOR(1)
  ACCEPTOR(2)
  ACCEPTOR(3)
  PROPOSER(0)
  PROPOSER(1)
  PROPOSER(2)
  LEARNER(0)
  LEARNER(1)
  LEARNER(2)
  LEARNER(3)
  RESTART(0)
  RESTART(1)
  RESTART(VOTER_ONLY)
  od
}
