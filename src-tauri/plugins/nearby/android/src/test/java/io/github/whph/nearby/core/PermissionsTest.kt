package io.github.whph.nearby.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

class PermissionsTest {
    private fun names(purpose: Purpose, sdk: Int, target: Int = 37) =
        Permissions(sdk, target).needed(purpose).map { it.removePrefix("android.permission.") }

    private fun answer(purpose: Purpose, sdk: Int, facts: Map<String, Fact> = emptyMap(), otherwise: Fact = NEVER_ASKED) =
        Permissions(sdk, 37).answer(purpose) { facts[it.removePrefix("android.permission.")] ?: otherwise }

    @Test
    fun findingDevicesOnTheNetworkIsFreeUntilAndroid17() {
        for (sdk in 24..36) {
            assertEquals(emptyList<String>(), names(Purpose.Lan, sdk))
            assertEquals(Answer.NotNeeded, answer(Purpose.Lan, sdk))
        }
        for (sdk in 37..39) {
            assertEquals(listOf("ACCESS_LOCAL_NETWORK"), names(Purpose.Lan, sdk))
            assertEquals(Answer.Ask, answer(Purpose.Lan, sdk))
        }
    }

    @Test
    fun anAppBuiltForAnEarlierAndroidIsNotAskedForTheLocalNetwork() {
        assertEquals(emptyList<String>(), names(Purpose.Lan, sdk = 37, target = 36))
        assertEquals(listOf("NEARBY_WIFI_DEVICES"), names(Purpose.WifiDirect, sdk = 37, target = 36))
    }

    @Test
    fun wifiDirectAsksForThePlaceOnOldPhonesAndForNearbyDevicesOnNewOnes() {
        for (sdk in 24..30) assertEquals(listOf("ACCESS_FINE_LOCATION"), names(Purpose.WifiDirect, sdk))
        for (sdk in 31..32) {
            assertEquals(listOf("ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION"), names(Purpose.WifiDirect, sdk))
        }
        for (sdk in 33..36) assertEquals(listOf("NEARBY_WIFI_DEVICES"), names(Purpose.WifiDirect, sdk))
        // The link it makes is a local network, too.
        assertEquals(listOf("NEARBY_WIFI_DEVICES", "ACCESS_LOCAL_NETWORK"), names(Purpose.WifiDirect, 37))
    }

    @Test
    fun theSwitchForThePlaceMattersWhereThePermissionForItDoes() {
        for (sdk in 24..40) {
            val asksForPlace = names(Purpose.WifiDirect, sdk).contains("ACCESS_FINE_LOCATION")
            assertEquals("$sdk", asksForPlace, Permissions.needsLocationSwitchedOn(sdk))
        }
    }

    @Test
    fun notificationsAreAskedForFromAndroid13OnAndTheCameraAlways() {
        for (sdk in 24..32) assertEquals(Answer.NotNeeded, answer(Purpose.Notifications, sdk))
        for (sdk in 33..37) assertEquals(listOf("POST_NOTIFICATIONS"), names(Purpose.Notifications, sdk))
        for (sdk in 24..37) assertEquals(listOf("CAMERA"), names(Purpose.Camera, sdk))
    }

    @Test
    fun aPermissionIsAskedForUntilTheSystemShowsItsQuestionNoMore() {
        assertEquals(Answer.Ask, answer(Purpose.Camera, 33, otherwise = NEVER_ASKED))
        assertEquals(Answer.Ask, answer(Purpose.Camera, 33, otherwise = REFUSED_ONCE))
        assertEquals(Answer.Denied, answer(Purpose.Camera, 33, otherwise = REFUSED_FOR_GOOD))
        assertEquals(Answer.Granted, answer(Purpose.Camera, 33, otherwise = GRANTED))
        // Allowed in the settings after it was refused for good.
        assertEquals(Answer.Granted, answer(Purpose.Camera, 33, otherwise = REFUSED_FOR_GOOD.copy(granted = true)))
    }

    @Test
    fun whatTakesTwoPermissionsIsOnlyThereWithBoth() {
        val one = mapOf("NEARBY_WIFI_DEVICES" to GRANTED)
        assertEquals(Answer.Ask, answer(Purpose.WifiDirect, 37, one, otherwise = NEVER_ASKED))
        assertEquals(Answer.Denied, answer(Purpose.WifiDirect, 37, one, otherwise = REFUSED_FOR_GOOD))
        assertEquals(Answer.Granted, answer(Purpose.WifiDirect, 37, otherwise = GRANTED))
        val roughPlaceOnly = mapOf("ACCESS_COARSE_LOCATION" to GRANTED)
        assertEquals(Answer.Ask, answer(Purpose.WifiDirect, 31, roughPlaceOnly, otherwise = REFUSED_ONCE))
    }

    @Test
    fun onlyGrantedAndNotNeededAllow() {
        assertEquals(listOf(Answer.NotNeeded, Answer.Granted), Answer.values().filter { it.allows })
    }

    @Test
    fun purposesAreKnownByTheirWords() {
        assertEquals(Purpose.WifiDirect, Purpose.named("wifi-direct"))
        assertEquals(Purpose.Lan, Purpose.named("lan"))
        assertNull(Purpose.named("everything"))
        assertTrue(Purpose.values().all { Purpose.named(it.word) == it })
        assertFalse(Purpose.values().map { it.key }.toSet().size < Purpose.values().size)
    }

    private companion object {
        val NEVER_ASKED = Fact(granted = false, rationale = false, asked = false)
        val REFUSED_ONCE = Fact(granted = false, rationale = true, asked = true)
        val REFUSED_FOR_GOOD = Fact(granted = false, rationale = false, asked = true)
        val GRANTED = Fact(granted = true, rationale = false, asked = true)
    }
}
