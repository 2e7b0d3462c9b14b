package io.github.whph.nearby.core

/** Where the app is for the person. */
enum class Presence {
    /** They use it. */
    Front,

    /** Still on the screen, but something else is in front: it may be gone in a moment. */
    Leaving,

    /** Not to be seen, which includes a screen that is off. */
    Away,
}

/** The lock costs battery for every packet on the network, so it is held only while somebody listens who can do something. */
fun needsMulticast(discovering: Boolean, presence: Presence, serviceUp: Boolean): Boolean =
    discovering && (presence != Presence.Away || serviceUp)
