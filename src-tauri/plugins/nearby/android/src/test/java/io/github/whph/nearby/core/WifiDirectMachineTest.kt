package io.github.whph.nearby.core

import io.github.whph.nearby.core.WifiDirectEffect.Invite
import io.github.whph.nearby.core.WifiDirectEffect.LeaveGroup
import io.github.whph.nearby.core.WifiDirectEffect.Search
import io.github.whph.nearby.core.WifiDirectEffect.StopSearch
import io.github.whph.nearby.core.WifiDirectEffect.TakeBackInvitation
import io.github.whph.nearby.core.WifiDirectEffect.Timer
import io.github.whph.nearby.core.WifiDirectEvent.Connect
import io.github.whph.nearby.core.WifiDirectEvent.Group
import io.github.whph.nearby.core.WifiDirectEvent.NoGroup
import io.github.whph.nearby.core.WifiDirectEvent.Peers
import io.github.whph.nearby.core.WifiDirectEvent.Power
import io.github.whph.nearby.core.WifiDirectEvent.Refused
import io.github.whph.nearby.core.WifiDirectEvent.Start
import io.github.whph.nearby.core.WifiDirectEvent.Stop
import io.github.whph.nearby.core.WifiDirectEvent.TimeUp
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.Random

class WifiDirectMachineTest {
    private val tablet = Peer("02:00:00:00:00:01", "Tablet")
    private val ready = Start(permitted = true, locationReady = true)
    private val group = Group("192.168.49.1", isOwner = false)
    private val machine = WifiDirectMachine(Backoff(1_000, 8_000) { 1.0 })
    private val state get() = machine.state

    /** The number of the timer that was set last. */
    private var timer = 0

    private fun tell(vararg events: WifiDirectEvent): List<WifiDirectEffect> {
        var effects = emptyList<WifiDirectEffect>()
        for (event in events) {
            effects = machine.on(event)
            effects.filterIsInstance<Timer>().forEach { timer = it.timer }
        }
        return effects
    }

    private fun wait() = tell(TimeUp(timer))

    private fun without(effects: List<WifiDirectEffect>) = effects.filterNot { it is Timer }

    private fun millis(effects: List<WifiDirectEffect>) = effects.filterIsInstance<Timer>().single().millis

    private fun refused(refusal: Refusal = Refusal.Busy) = Refused(refusal, invitation = state is WifiDirectState.Inviting)

    private fun failed(reason: Reason) = WifiDirectState.Failed(reason)

    @Test
    fun twoPhonesFindEachOtherAndConnect() {
        assertEquals(listOf(Search), without(tell(ready)))
        assertEquals(WifiDirectState.Searching(emptyList()), state)
        assertEquals(emptyList<WifiDirectEffect>(), tell(Peers(listOf(tablet))))
        assertEquals(WifiDirectState.Searching(listOf(tablet)), state)
        assertEquals(listOf(Invite(tablet.address)), without(tell(Connect(tablet.address))))
        assertEquals(WifiDirectState.Inviting(tablet), state)
        tell(group)
        assertEquals(WifiDirectState.Connected("192.168.49.1", isOwner = false), state)
    }

    @Test
    fun theOtherOneMayInvite() {
        tell(ready)
        assertEquals(listOf(StopSearch), tell(Group("192.168.49.1", isOwner = true)))
        assertEquals(WifiDirectState.Connected("192.168.49.1", isOwner = true), state)
    }

    @Test
    fun nothingIsTriedWithoutPermission() {
        assertEquals(emptyList<WifiDirectEffect>(), tell(Start(permitted = false, locationReady = true)))
        assertEquals(WifiDirectState.NoPermission, state)
        // Given since.
        assertEquals(listOf(Search), without(tell(ready)))
    }

    @Test
    fun nothingIsTriedWhileWifiIsOff() {
        tell(Power(on = false))
        assertEquals(WifiDirectState.Idle, state)
        assertEquals(emptyList<WifiDirectEffect>(), tell(ready))
        assertEquals(WifiDirectState.Off, state)
        tell(Power(on = true))
        assertEquals(WifiDirectState.Idle, state)
        assertEquals(listOf(Search), without(tell(ready)))
    }

    @Test
    fun anOldPhoneWhoseLocationIsOffSaysSo() {
        assertEquals(emptyList<WifiDirectEffect>(), tell(Start(permitted = true, locationReady = false)))
        assertEquals(failed(Reason.LocationOff), state)
    }

    @Test
    fun aSearchThatFindsNobodyEnds() {
        assertEquals(WifiDirectMachine.SEARCH_MILLIS, millis(tell(ready)))
        assertEquals(listOf(StopSearch), wait())
        assertEquals(failed(Reason.NobodyFound), state)
    }

    @Test
    fun whileThePersonChoosesTheSearchIsRenewedAFewTimes() {
        tell(ready, Peers(listOf(tablet)))
        repeat(WifiDirectMachine.MOST_ROUNDS - 1) {
            assertEquals(listOf(Search), without(wait()))
            assertEquals(WifiDirectState.Searching(listOf(tablet)), state)
        }
        assertEquals(listOf(StopSearch), wait())
        assertEquals(failed(Reason.SearchEnded), state)
    }

    @Test
    fun aTimerOfAnEarlierStateIsNotHeeded() {
        tell(ready, Peers(listOf(tablet)))
        val ofSearch = timer
        tell(Connect(tablet.address))
        assertEquals(emptyList<WifiDirectEffect>(), tell(TimeUp(ofSearch)))
        assertEquals(WifiDirectState.Inviting(tablet), state)
        val ofInvitation = timer
        tell(group, TimeUp(ofInvitation))
        assertTrue(state is WifiDirectState.Connected)
    }

    @Test
    fun anInvitationThatNobodyAnswersIsTakenBack() {
        tell(ready, Peers(listOf(tablet)))
        assertEquals(WifiDirectMachine.ANSWER_MILLIS, millis(tell(Connect(tablet.address))))
        assertEquals(listOf(TakeBackInvitation, StopSearch), wait())
        assertEquals(failed(Reason.NoAnswer), state)
    }

    @Test
    fun onlyWhoeverIsShownCanBeInvited() {
        tell(ready, Peers(listOf(tablet)))
        assertEquals(emptyList<WifiDirectEffect>(), tell(Connect("02:00:00:00:00:99")))
        assertEquals(WifiDirectState.Searching(listOf(tablet)), state)
        tell(Stop)
        assertEquals(emptyList<WifiDirectEffect>(), tell(Connect(tablet.address)))
    }

    @Test
    fun thePersonCanStopAtAnyPoint() {
        tell(ready)
        assertEquals(listOf(StopSearch), tell(Stop))
        tell(ready, Peers(listOf(tablet)), Connect(tablet.address))
        assertEquals(listOf(TakeBackInvitation, StopSearch), tell(Stop))
        tell(ready, group)
        assertEquals(listOf(LeaveGroup), tell(Stop))
        assertEquals(WifiDirectState.Idle, state)
        assertEquals(emptyList<WifiDirectEffect>(), tell(Stop))
    }

    @Test
    fun whenTheSystemSwitchesItOffEverythingIsOver() {
        for (before in listOf(listOf(), listOf(Peers(listOf(tablet)), Connect(tablet.address)), listOf(group))) {
            tell(ready, *before.toTypedArray())
            val late = timer
            assertEquals(emptyList<WifiDirectEffect>(), tell(Power(on = false)))
            assertEquals(WifiDirectState.Off, state)
            assertEquals(emptyList<WifiDirectEffect>(), tell(TimeUp(late)))
            tell(Power(on = true))
        }
    }

    @Test
    fun aGroupThatVanishesIsAFailureAndNothingIsLeftToLeave() {
        tell(ready, group)
        assertEquals(emptyList<WifiDirectEffect>(), tell(NoGroup))
        assertEquals(failed(Reason.Vanished), state)
        assertEquals(emptyList<WifiDirectEffect>(), tell(Stop))
    }

    @Test
    fun thatThereIsNoGroupYetIsNoFailure() {
        tell(ready, NoGroup)
        assertTrue(state is WifiDirectState.Searching)
        tell(Peers(listOf(tablet)), Connect(tablet.address), NoGroup)
        assertEquals(WifiDirectState.Inviting(tablet), state)
    }

    @Test
    fun aGroupOfAnotherAppIsLeftAlone() {
        assertEquals(emptyList<WifiDirectEffect>(), tell(group))
        assertEquals(WifiDirectState.Idle, state)
        assertEquals(emptyList<WifiDirectEffect>(), tell(Stop))
    }

    @Test
    fun aBusySystemIsAskedAgainLaterAndLater() {
        tell(ready)
        for (wait in listOf(1_000L, 2_000L, 4_000L, 8_000L)) {
            assertEquals(wait, millis(tell(refused())))
            assertEquals(listOf(Search), without(wait()))
        }
        assertEquals(listOf(StopSearch), tell(refused()))
        assertEquals(failed(Reason.Busy), state)
    }

    @Test
    fun anInvitationIsRetriedToTheSameDevice() {
        tell(ready, Peers(listOf(tablet)), Connect(tablet.address))
        tell(refused())
        assertEquals(listOf(Invite(tablet.address)), without(wait()))
        assertEquals(listOf(TakeBackInvitation, StopSearch), wait())
    }

    @Test
    fun aRefusalOfWhatIsOverIsNotHeeded() {
        tell(ready, Peers(listOf(tablet)), Connect(tablet.address))
        assertEquals(emptyList<WifiDirectEffect>(), tell(Refused(Refusal.Error, invitation = false)))
        assertEquals(WifiDirectState.Inviting(tablet), state)
        tell(Stop, ready)
        assertEquals(emptyList<WifiDirectEffect>(), tell(Refused(Refusal.Error, invitation = true)))
        assertEquals(WifiDirectState.Searching(emptyList()), state)
    }

    @Test
    fun aPermissionThatIsMissingIsSaidAndEndsNoConnection() {
        tell(ready, WifiDirectEvent.PermissionMissing)
        assertEquals(WifiDirectState.NoPermission, state)
        tell(ready, group, WifiDirectEvent.PermissionMissing)
        assertTrue(state is WifiDirectState.Connected)
    }

    @Test
    fun aPhoneThatCannotSaysSoAtOnce() {
        tell(ready, Refused(Refusal.Unsupported, invitation = false))
        assertEquals(failed(Reason.Unsupported), state)
        tell(ready, Refused(Refusal.Error, invitation = false))
        assertEquals(failed(Reason.Error), state)
    }

    @Test
    fun afterAFailureItCanBeginAnewWithAllItsTries() {
        tell(ready)
        repeat(WifiDirectMachine.MOST_REFUSALS) { tell(refused(), TimeUp(timer)) }
        tell(refused())
        assertEquals(failed(Reason.Busy), state)
        tell(ready)
        assertEquals(1_000L, millis(tell(refused())))
        assertEquals(WifiDirectState.Searching(emptyList()), state)
    }

    @Test
    fun aSecondStartChangesNothing() {
        tell(ready, Peers(listOf(tablet)))
        assertEquals(emptyList<WifiDirectEffect>(), tell(ready))
        tell(group)
        assertEquals(emptyList<WifiDirectEffect>(), tell(ready))
        assertTrue(state is WifiDirectState.Connected)
    }

    @Test
    fun whatOthersCallThemselvesAndHowManyTheyAreIsBounded() {
        tell(ready, Peers(List(500) { Peer("$it", "x".repeat(5_000)) }))
        val peers = (state as WifiDirectState.Searching).peers
        assertEquals(WifiDirectMachine.MOST_PEERS, peers.size)
        assertTrue(peers.all { it.name.length == WifiDirectMachine.LONGEST_NAME })
    }

    @Test
    fun whateverHappensNothingOfOursIsLeftRunning() {
        val random = Random(11)
        repeat(300) {
            val machine = WifiDirectMachine(Backoff(1, 8) { random.nextDouble() })
            var searching = false
            var inviting = false
            var grouped = false
            var timer = 0
            fun tell(event: WifiDirectEvent) {
                if (event == Power(on = false)) {
                    searching = false
                    inviting = false
                    grouped = false
                }
                for (effect in machine.on(event)) {
                    when (effect) {
                        is Search -> searching = true
                        is StopSearch -> searching = false
                        is Invite -> inviting = true
                        is TakeBackInvitation -> inviting = false
                        is LeaveGroup -> grouped = false
                        is Timer -> timer = effect.timer
                    }
                }
                if (machine.state is WifiDirectState.Connected) {
                    grouped = true
                    inviting = false
                    searching = false
                }
                if (event is NoGroup) grouped = false
            }
            repeat(40) {
                tell(
                    when (random.nextInt(9)) {
                        0 -> ready
                        1 -> Stop
                        2 -> Peers(listOf(tablet))
                        3 -> Connect(tablet.address)
                        4 -> if (machine.state is WifiDirectState.Inviting) group else NoGroup
                        5 -> Power(on = random.nextBoolean())
                        6 -> Refused(if (random.nextBoolean()) Refusal.Busy else Refusal.Error, random.nextBoolean())
                        else -> TimeUp(timer - random.nextInt(2))
                    },
                )
            }
            tell(Stop)
            assertFalse("a search", searching)
            assertFalse("an invitation", inviting)
            assertFalse("a group", grouped)
        }
    }
}
