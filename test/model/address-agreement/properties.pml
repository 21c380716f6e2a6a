/* What a run of Spin looks for: a broken property, or, to see that the model lives, a state. */

/* G1: all decisions are equal. */
#define AGREEMENT 1
/* G2: what is decided on was proposed by somebody as an own choice. */
#define VALIDITY 2
/* R5: no instance promises or accepts a ballot below one that it promised. */
#define PROMISES 4
/* What is claimed whatever the views are. */
#define UNCONDITIONAL (VALIDITY | PROMISES)
#ifndef CHECK
#define CHECK (AGREEMENT | VALIDITY | PROMISES)
#endif
#define check(property, holds) assert(((CHECK) & (property)) == 0 || (holds))

#define DECISION 1
#define SECOND_DECISION 2
#define RIVAL_PROPOSALS 3
#define ADOPTED_ADDRESS 4
#define ADOPTED_RECORD 5
#define DECISION_WITH_NEWCOMER 6
#define DECISION_OF_NEWCOMER 7
#ifndef REACH
#define REACH 0
#endif
/* Fails where it is reached, so that Spin shows the way. */
#define reached(state, isHere) assert((REACH) != (state) || !(isHere))
