package io.github.whph.nearby.core

import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class MulticastTest {
    @Test
    fun theLockIsHeldOnlyWhileLookingForOthers() {
        for (presence in Presence.values()) {
            assertFalse(needsMulticast(discovering = false, presence, serviceUp = true))
        }
        assertTrue(needsMulticast(discovering = true, Presence.Front, serviceUp = false))
        assertTrue(needsMulticast(discovering = true, Presence.Leaving, serviceUp = false))
    }

    @Test
    fun inTheBackgroundItTakesTheService() {
        assertFalse(needsMulticast(discovering = true, Presence.Away, serviceUp = false))
        assertTrue(needsMulticast(discovering = true, Presence.Away, serviceUp = true))
    }
}
