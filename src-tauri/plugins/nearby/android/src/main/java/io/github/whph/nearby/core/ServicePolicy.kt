package io.github.whph.nearby.core

/**
 * When the foreground service runs: while a sync does and the app is not in front, and never longer. It keeps the process from
 * being frozen half-way. In front it would only flash a notification for each short sync.
 */
class ServicePolicy(private val sdk: Int) {
    enum class Action { None, Start, Stop }

    var presence = Presence.Front
        private set
    var syncing = false
        private set

    /** Whether the service runs, or was asked to. */
    var up = false
        private set
    private var refused = false

    fun syncStarted(): Action {
        syncing = true
        return next()
    }

    fun syncEnded(): Action {
        syncing = false
        return next()
    }

    fun moved(to: Presence): Action {
        presence = to
        // Whoever comes back gets a new chance.
        if (to == Presence.Front) refused = false
        return next()
    }

    /** The system did not let it start. The sync goes on for as long as the process may; the rest is left to catching up. */
    fun startRefused() {
        up = false
        refused = true
    }

    /** The system, or the person in the system's list of running apps, ended it. */
    fun ended() {
        up = false
        refused = true
    }

    private fun next(): Action {
        val wanted = syncing && presence != Presence.Front
        return when {
            wanted && !up && !refused && mayStart() -> Action.Start.also { up = true }
            !wanted && up -> Action.Stop.also { up = false }
            else -> Action.None
        }
    }

    // Since Android 12 only what can be seen may start one. While the app is being left it still can be, and that is the moment.
    private fun mayStart() = sdk < 31 || presence != Presence.Away
}
