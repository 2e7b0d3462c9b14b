package io.github.whph.nearby.core

import io.github.whph.nearby.core.ServicePolicy.Action
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.Random

class ServicePolicyTest {
    @Test
    fun aSyncInFrontNeedsNoService() {
        val policy = ServicePolicy(sdk = 35)
        assertEquals(Action.None, policy.syncStarted())
        assertEquals(Action.None, policy.syncEnded())
    }

    @Test
    fun leavingDuringASyncStartsItAndTheEndOfTheSyncStopsIt() {
        val policy = ServicePolicy(sdk = 35)
        policy.syncStarted()
        assertEquals(Action.Start, policy.moved(Presence.Leaving))
        assertEquals(Action.None, policy.moved(Presence.Away))
        assertTrue(policy.up)
        assertEquals(Action.Stop, policy.syncEnded())
        assertFalse(policy.up)
    }

    @Test
    fun comingBackStopsItAlthoughTheSyncGoesOn() {
        val policy = ServicePolicy(sdk = 35)
        policy.syncStarted()
        policy.moved(Presence.Leaving)
        assertEquals(Action.Stop, policy.moved(Presence.Front))
        assertTrue(policy.syncing)
        assertEquals(Action.Start, policy.moved(Presence.Leaving))
    }

    @Test
    fun nothingIsLeftWithoutASync() {
        val policy = ServicePolicy(sdk = 35)
        assertEquals(Action.None, policy.moved(Presence.Leaving))
        assertEquals(Action.None, policy.moved(Presence.Away))
        assertEquals(Action.None, policy.moved(Presence.Front))
    }

    @Test
    fun fromTheBackgroundItIsStartedOnOldPhonesOnly() {
        for ((sdk, expected) in listOf(30 to Action.Start, 31 to Action.None, 37 to Action.None)) {
            val policy = ServicePolicy(sdk)
            policy.moved(Presence.Leaving)
            policy.moved(Presence.Away)
            assertEquals("$sdk", expected, policy.syncStarted())
        }
    }

    @Test
    fun aSyncThatBeginsWhileTheAppIsHalfCoveredGetsOne() {
        val policy = ServicePolicy(sdk = 37)
        policy.moved(Presence.Leaving)
        assertEquals(Action.Start, policy.syncStarted())
    }

    @Test
    fun whoIsRefusedAsksNoMoreUntilTheAppIsInFront() {
        val policy = ServicePolicy(sdk = 37)
        policy.syncStarted()
        policy.moved(Presence.Leaving)
        policy.startRefused()
        assertFalse(policy.up)
        assertEquals(Action.None, policy.moved(Presence.Away))
        assertEquals(Action.None, policy.moved(Presence.Leaving))
        assertEquals(Action.None, policy.syncEnded())
        policy.syncStarted()
        assertEquals(Action.None, policy.moved(Presence.Front))
        assertEquals(Action.Start, policy.moved(Presence.Leaving))
    }

    @Test
    fun onceEndedFromOutsideItIsNotStoppedAgainNorForcedUponThePerson() {
        val policy = ServicePolicy(sdk = 30)
        policy.syncStarted()
        policy.moved(Presence.Leaving)
        policy.ended()
        assertEquals(Action.None, policy.moved(Presence.Away))
        assertEquals(Action.None, policy.syncEnded())
    }

    @Test
    fun aSecondSyncKeepsIt() {
        val policy = ServicePolicy(sdk = 37)
        policy.syncStarted()
        policy.moved(Presence.Leaving)
        assertEquals(Action.None, policy.syncStarted())
        assertTrue(policy.up)
    }

    @Test
    fun whateverHappensItNeverOutlivesTheSyncNorRunsInFront() {
        val random = Random(7)
        repeat(200) {
            val sdk = 24 + random.nextInt(14)
            val policy = ServicePolicy(sdk)
            var runs = false
            repeat(60) {
                val action = when (random.nextInt(6)) {
                    0 -> policy.syncStarted()
                    1 -> policy.syncEnded()
                    2 -> Action.None.also { if (runs) policy.ended().also { runs = false } }
                    else -> policy.moved(Presence.values()[random.nextInt(3)])
                }
                if (action == Action.Start) {
                    assertFalse("started twice", runs)
                    assertTrue("from the background", sdk < 31 || policy.presence != Presence.Away)
                    runs = true
                } else if (action == Action.Stop) {
                    assertTrue("stopped twice", runs)
                    runs = false
                }
                assertEquals(runs, policy.up)
                assertFalse("without a sync", runs && !policy.syncing)
                assertFalse("in front", runs && policy.presence == Presence.Front)
            }
        }
    }
}
