package io.github.whph.nearby.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class NetworksTest {
    @Test
    fun withoutANetworkNothingIsOnlineAndNothingCosts() {
        assertEquals(Connection(online = false, metered = false), Networks().now())
        val networks = Networks()
        networks.found(1, metered = true)
        assertEquals(Connection(online = false, metered = false), networks.lost(1))
    }

    @Test
    fun oneNetworkThatCostsNothingIsEnough() {
        val networks = Networks()
        assertEquals(Connection(online = true, metered = true), networks.found(1, metered = true))
        assertEquals(Connection(online = true, metered = false), networks.found(2, metered = false))
        assertEquals(Connection(online = true, metered = true), networks.lost(2))
    }

    @Test
    fun aNetworkMayChangeWhatItCosts() {
        val networks = Networks()
        networks.found(1, metered = false)
        assertTrue(networks.found(1, metered = true).metered)
        assertFalse(networks.found(1, metered = false).metered)
        assertFalse(networks.lost(1).online)
    }

    @Test
    fun losingWhatWasNeverFoundChangesNothing() {
        val networks = Networks()
        networks.found(1, metered = false)
        assertEquals(networks.now(), networks.lost(9))
    }
}
