package io.github.whph.nearby.core

/** A device in reach. What it calls itself is up to it, so it is cut to what a screen can show. */
data class Peer(val address: String, val name: String)

sealed class WifiDirectState {
    /** Nothing was asked for. */
    object Idle : WifiDirectState()

    /** Wi-Fi is switched off, or the system has switched Wi-Fi Direct off. */
    object Off : WifiDirectState()

    object NoPermission : WifiDirectState()

    /** Looking for others, with those that were found so far. */
    data class Searching(val peers: List<Peer>) : WifiDirectState()

    /** Waits for the person at the other device. */
    data class Inviting(val peer: Peer) : WifiDirectState()

    /** A link, and nothing more: the sync's own protocol runs over it, from whoever does not own the group to its owner. */
    data class Connected(val ownerAddress: String, val isOwner: Boolean) : WifiDirectState()

    data class Failed(val reason: Reason) : WifiDirectState()
}

enum class Reason(val word: String) {
    Unsupported("unsupported"),
    LocationOff("location-off"),
    NobodyFound("nobody-found"),
    SearchEnded("search-ended"),
    NoAnswer("no-answer"),
    Busy("busy"),
    Vanished("vanished"),
    Error("error"),
}

/** Why the system did not do what it was asked for. */
enum class Refusal { Busy, Unsupported, Error }

sealed class WifiDirectEvent {
    data class Start(val permitted: Boolean, val locationReady: Boolean) : WifiDirectEvent()

    object Stop : WifiDirectEvent()

    data class Connect(val address: String) : WifiDirectEvent()

    data class Power(val on: Boolean) : WifiDirectEvent()

    data class Peers(val peers: List<Peer>) : WifiDirectEvent()

    data class Group(val ownerAddress: String, val isOwner: Boolean) : WifiDirectEvent()

    object NoGroup : WifiDirectEvent()

    /** The system refused a search, or an [invitation]. */
    data class Refused(val refusal: Refusal, val invitation: Boolean) : WifiDirectEvent()

    object PermissionMissing : WifiDirectEvent()

    data class TimeUp(val timer: Int) : WifiDirectEvent()
}

sealed class WifiDirectEffect {
    object Search : WifiDirectEffect()

    object StopSearch : WifiDirectEffect()

    data class Invite(val address: String) : WifiDirectEffect()

    object TakeBackInvitation : WifiDirectEffect()

    object LeaveGroup : WifiDirectEffect()

    /** Comes back as [WifiDirectEvent.TimeUp] with the same number; one that is out of date is not heeded. */
    data class Timer(val timer: Int, val millis: Long) : WifiDirectEffect()
}

/** Everything that is decided about Wi-Fi Direct. It is told what happened, and says what to do next. */
class WifiDirectMachine(private val backoff: Backoff) {
    var state: WifiDirectState = WifiDirectState.Idle
        private set
    private var power = true
    private var timer = 0
    private var rounds = 0
    private var refusals = 0
    private var waitsToRetry = false

    fun on(event: WifiDirectEvent): List<WifiDirectEffect> = when (event) {
        is WifiDirectEvent.Start -> start(event)
        is WifiDirectEvent.Stop -> leave(WifiDirectState.Idle)
        is WifiDirectEvent.Connect -> connect(event.address)
        is WifiDirectEvent.Power -> power(event.on)
        is WifiDirectEvent.Peers -> peers(event.peers)
        is WifiDirectEvent.Group -> group(event)
        is WifiDirectEvent.NoGroup -> noGroup()
        is WifiDirectEvent.Refused -> refused(event)
        is WifiDirectEvent.PermissionMissing -> permissionMissing()
        is WifiDirectEvent.TimeUp -> if (event.timer == timer) timeUp() else emptyList()
    }

    private fun start(event: WifiDirectEvent.Start): List<WifiDirectEffect> {
        when (state) {
            is WifiDirectState.Searching, is WifiDirectState.Inviting, is WifiDirectState.Connected -> return emptyList()
            else -> {}
        }
        rounds = 0
        refusals = 0
        return when {
            !event.permitted -> become(WifiDirectState.NoPermission)
            !power -> become(WifiDirectState.Off)
            !event.locationReady -> become(WifiDirectState.Failed(Reason.LocationOff))
            else -> search(emptyList())
        }
    }

    private fun search(known: List<Peer>) = become(WifiDirectState.Searching(known)) + WifiDirectEffect.Search + arm(SEARCH_MILLIS)

    private fun connect(address: String): List<WifiDirectEffect> {
        val searching = state as? WifiDirectState.Searching ?: return emptyList()
        // Only somebody that was shown can be meant.
        val peer = searching.peers.find { it.address == address } ?: return emptyList()
        refusals = 0
        return become(WifiDirectState.Inviting(peer)) + WifiDirectEffect.Invite(address) + arm(ANSWER_MILLIS)
    }

    private fun power(on: Boolean): List<WifiDirectEffect> {
        power = on
        return when {
            // Whatever there was went with it: nothing is left to be taken back.
            !on && state !is WifiDirectState.Idle -> become(WifiDirectState.Off)
            on && state is WifiDirectState.Off -> become(WifiDirectState.Idle)
            else -> emptyList()
        }
    }

    private fun peers(peers: List<Peer>): List<WifiDirectEffect> {
        if (state is WifiDirectState.Searching) state = WifiDirectState.Searching(peers.take(MOST_PEERS).map(::cut))
        return emptyList()
    }

    private fun cut(peer: Peer) = Peer(peer.address, peer.name.take(LONGEST_NAME))

    private fun group(event: WifiDirectEvent.Group): List<WifiDirectEffect> {
        val connected = WifiDirectState.Connected(event.ownerAddress, event.isOwner)
        return when (state) {
            // The other device may have been the one to invite.
            is WifiDirectState.Searching -> become(connected) + WifiDirectEffect.StopSearch
            is WifiDirectState.Inviting, is WifiDirectState.Connected -> become(connected)
            // A group of another app, such as a printer's: not ours to use, nor to end.
            else -> emptyList()
        }
    }

    // While inviting there is none yet, and the system says so more than once.
    private fun noGroup() = if (state is WifiDirectState.Connected) become(WifiDirectState.Failed(Reason.Vanished)) else emptyList()

    private fun refused(event: WifiDirectEvent.Refused): List<WifiDirectEffect> {
        // The answer may come when something else goes on already.
        val meant = if (event.invitation) state is WifiDirectState.Inviting else state is WifiDirectState.Searching
        if (!meant) return emptyList()
        return when (event.refusal) {
            Refusal.Unsupported -> become(WifiDirectState.Failed(Reason.Unsupported))
            Refusal.Error -> leave(WifiDirectState.Failed(Reason.Error))
            // Common, and over after a moment.
            Refusal.Busy -> if (refusals < MOST_REFUSALS) retryLater() else leave(WifiDirectState.Failed(Reason.Busy))
        }
    }

    private fun permissionMissing(): List<WifiDirectEffect> {
        val tries = state is WifiDirectState.Searching || state is WifiDirectState.Inviting
        return if (tries) become(WifiDirectState.NoPermission) else emptyList()
    }

    private fun retryLater(): List<WifiDirectEffect> {
        waitsToRetry = true
        return listOf(arm(backoff.delay(refusals++)))
    }

    private fun timeUp(): List<WifiDirectEffect> {
        val retry = waitsToRetry
        waitsToRetry = false
        return when (val now = state) {
            is WifiDirectState.Searching -> when {
                retry -> search(now.peers)
                now.peers.isEmpty() -> leave(WifiDirectState.Failed(Reason.NobodyFound))
                // The system ends each search after a while, and forgets whom it found. The person may still be choosing.
                ++rounds < MOST_ROUNDS -> search(now.peers)
                else -> leave(WifiDirectState.Failed(Reason.SearchEnded))
            }
            is WifiDirectState.Inviting ->
                if (retry) {
                    listOf(WifiDirectEffect.Invite(now.peer.address), arm(ANSWER_MILLIS))
                } else {
                    leave(WifiDirectState.Failed(Reason.NoAnswer))
                }
            else -> emptyList()
        }
    }

    /** Ends what goes on, and only what we began. */
    private fun leave(to: WifiDirectState): List<WifiDirectEffect> {
        val undo = when (state) {
            is WifiDirectState.Searching -> listOf(WifiDirectEffect.StopSearch)
            is WifiDirectState.Inviting -> listOf(WifiDirectEffect.TakeBackInvitation, WifiDirectEffect.StopSearch)
            is WifiDirectState.Connected -> listOf(WifiDirectEffect.LeaveGroup)
            else -> emptyList()
        }
        return become(to) + undo
    }

    private fun become(next: WifiDirectState): List<WifiDirectEffect> {
        state = next
        // No timer of an earlier state counts any more.
        timer++
        waitsToRetry = false
        return emptyList()
    }

    private fun arm(millis: Long) = WifiDirectEffect.Timer(++timer, millis)

    companion object {
        const val SEARCH_MILLIS = 60_000L

        /** The other person has to find their phone, and the question on it. */
        const val ANSWER_MILLIS = 60_000L
        const val MOST_ROUNDS = 5
        const val MOST_REFUSALS = 4
        const val MOST_PEERS = 32
        const val LONGEST_NAME = 64
    }
}
