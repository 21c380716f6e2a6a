/*
 * R4: a ballot is (proposalId, instance id), compared in this order; here it is one number, and 0 is
 * none. Instance ids are random, but the proposer with the greater id may just as well be the one
 * with the lower proposalId, so that ballots come in any order although the ids here have a fixed one.
 */
#define BALLOT(p, proposalId) ((proposalId) * INSTANCES + (p))
#define PROPOSAL_ID(b) ((b) / INSTANCES)

#if defined(ORDER_WITHOUT_INSTANCE) || defined(BALLOTS_WITHOUT_INSTANCE)
#define higher(a, b) (PROPOSAL_ID(a) > PROPOSAL_ID(b))
#else
#define higher(a, b) ((a) > (b))
#endif

/* A vote names its ballot, by which a proposer knows that it is the one asked. */
#ifdef BALLOTS_WITHOUT_INSTANCE
#define same(a, b) (PROPOSAL_ID(a) == PROPOSAL_ID(b))
#else
#define same(a, b) ((a) == (b))
#endif

/*
 * R4: 1 + the highest seen, never reused. What it has seen is up to the network, so that it is any
 * that it has not used, up to 1 + the highest there is. The first one is a value passed in: all that
 * counts is the order of ballots, and every order comes about from 1.
 */
#if defined(REUSES_BALLOT)
#define mayUse(p, proposalId) \
  ((proposalId) >= PROPOSAL_ID(ballot[p]) && (proposalId) <= highestId + 1)
#else
#define mayUse(p, proposalId) \
  ((proposalId) > PROPOSAL_ID(ballot[p]) && (proposalId) <= highestId + 1)
#endif
