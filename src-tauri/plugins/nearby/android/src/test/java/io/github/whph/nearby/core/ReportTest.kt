package io.github.whph.nearby.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

class ReportTest {
    @Test
    fun theStatusHasTheShapeThatTheAppReads() {
        val answers = mapOf(Purpose.Lan to Answer.NotNeeded, Purpose.WifiDirect to Answer.Denied)
        val permissions = Report.permissions(answers) { _, answer -> if (answer.allows) null else "words" }
        val wifiDirect = Report.wifiDirect(WifiDirectState.Idle, null)
        assertEquals(
            mapOf(
                "permissions" to mapOf(
                    "lan" to mapOf("state" to "not-needed", "message" to null),
                    "wifiDirect" to mapOf("state" to "denied", "message" to "words"),
                ),
                "wifiDirect" to mapOf("state" to "idle", "message" to null, "peers" to emptyList<Any>(), "peer" to null),
                "online" to true,
                "metered" to false,
            ),
            Report.status(permissions, wifiDirect, Connection(online = true, metered = false)),
        )
    }

    @Test
    fun eachStateOfWifiDirectSaysWhatItHas() {
        val peer = Peer("02:00:00:00:00:01", "Tablet")
        val shown = mapOf("address" to "02:00:00:00:00:01", "name" to "Tablet")
        val nobody = mapOf("peers" to emptyList<Any>(), "peer" to null)
        fun report(state: WifiDirectState) = Report.wifiDirect(state, null) - "message"
        assertEquals(nobody + mapOf("state" to "off"), report(WifiDirectState.Off))
        assertEquals(nobody + mapOf("state" to "no-permission"), report(WifiDirectState.NoPermission))
        assertEquals(nobody + mapOf("state" to "discovering"), report(WifiDirectState.Searching(emptyList())))
        assertEquals(nobody + mapOf("state" to "found", "peers" to listOf(shown)), report(WifiDirectState.Searching(listOf(peer))))
        assertEquals(nobody + mapOf("state" to "inviting", "peer" to shown), report(WifiDirectState.Inviting(peer)))
        assertEquals(
            nobody + mapOf("state" to "connected", "groupOwnerAddress" to "192.168.49.1", "isOwner" to true),
            report(WifiDirectState.Connected("192.168.49.1", isOwner = true)),
        )
        assertEquals(nobody + mapOf("state" to "failed", "reason" to "no-answer"), report(WifiDirectState.Failed(Reason.NoAnswer)))
    }

    @Test
    fun anEventNamesItsKind() {
        val event = Report.event("connectivity", Report.connection(Connection(online = false, metered = false)))
        assertEquals(mapOf("kind" to "connectivity", "online" to false, "metered" to false), event)
    }

    @Test
    fun wordsAreTheirOwn() {
        assertEquals(Reason.values().size, Reason.values().map { it.word }.toSet().size)
        assertTrue(Answer.values().map { it.word }.toSet().size == Answer.values().size)
    }
}
