/* R3: a view is the voters that a proposer hears; a quorum is more than half of it, by voters in it. */

#define majorityOf(v) (COUNT(v) / 2 + 1)

#ifdef COUNTS_STRANGERS
#define counted(voters, v) (voters)
#else
#define counted(voters, v) ((voters) & (v))
#endif

#if defined(HALF_IS_ENOUGH)
#define isQuorum(voters, v) (2 * COUNT(counted(voters, v)) >= COUNT(v))
#elif defined(COUNTS_REPEATS)
/* Messages are counted, not voters: the network repeats one as often as it takes. */
#define isQuorum(voters, v) (counted(voters, v) != 0)
#else
#define isQuorum(voters, v) (COUNT(counted(voters, v)) >= majorityOf(v))
#endif

/* G1's condition on two views. */
#define majoritiesMeet(v, w) (majorityOf(v) + majorityOf(w) > COUNT((v) | (w)))

/*
 * G1 claims agreement where the majorities of all views that reached a proposal meet, two by two.
 * Where they would not, the run goes no further: nothing is claimed. With ANY_VIEWS it does.
 */
#ifdef ANY_VIEWS
#define keepsCondition(v, w) true
#else
#define keepsCondition(v, w) (!HAS(proposedViews, w) || majoritiesMeet(v, w))
#endif
/* Views are below this. */
#define VIEW_END 16
