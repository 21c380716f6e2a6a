/*
 * R1: one node restarts, at any time, with a new instance id. Nothing is left of the old life but
 * what it sent, and that views may go on having it. R2, by which the newcomer at first only listens,
 * is left out: it could only keep it from acting.
 */
bool restarted;

/* Whichever, unless one is named. */
#ifdef RESTARTED
#define mayRestart(node) (!restarted && !isAtEnd && (node) == RESTARTED)
#else
#define mayRestart(node) (!restarted && !isAtEnd)
#endif

#if defined(NO_RESTART)
#define RESTART(node)
#elif defined(FORGETS_VOTES)
/* R11 broken: all undecided state goes after a silence. Here 3 forgets its votes, and nothing restarts. */
#define RESTART(node) \
  :: d_step { \
       (node) == VOTER_ONLY && mayRestart(node) && record[node] == 0 -> \
       restarted = true; \
       forget(node) }
#elif defined(KEEPS_ID)
#define RESTART(node) :: d_step { mayRestart(node) -> restarted = true; forget(node) }
#else
#define RESTART(node) \
  :: d_step { mayRestart(node) -> restarted = true; forget(node); beginNewLife(node) }
#endif

inline forget(me) {
  promised[me] = 0;
  accepted[me] = 0;
  acceptedAddress[me] = 0;
  record[me] = 0;
  if
  :: me != VOTER_ONLY -> retire(me); ballot[me] = 0
  :: else
  fi
}

inline beginNewLife(old) {
  everPromised[old] = 0;
  alive = (alive & ~SET(old)) | SET(NEWCOMER);
  started = started | SET(NEWCOMER);
  if
  :: old != VOTER_ONLY -> proposers = proposers | SET(NEWCOMER)
  :: else
  fi
}
