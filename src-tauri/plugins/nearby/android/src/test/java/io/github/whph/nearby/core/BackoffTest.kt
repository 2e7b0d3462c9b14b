package io.github.whph.nearby.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

class BackoffTest {
    @Test
    fun eachWaitIsTwiceAsLongUpToTheBound() {
        val longest = Backoff(1_000, 10_000) { 1.0 }
        assertEquals(listOf(1_000L, 2_000L, 4_000L, 8_000L, 10_000L, 10_000L), (0..5).map(longest::delay))
    }

    @Test
    fun chanceDecidesOnTheSecondHalf() {
        assertEquals(2_000L, Backoff(1_000, 10_000) { 0.0 }.delay(2))
        assertEquals(3_000L, Backoff(1_000, 10_000) { 0.5 }.delay(2))
        assertEquals(4_000L, Backoff(1_000, 10_000) { 1.0 }.delay(2))
    }

    @Test
    fun manyAttemptsAndOddChancesStayWithinTheBound() {
        for (chance in listOf(-5.0, 0.3, 7.0)) {
            for (attempt in listOf(0, 1, 62, 63, 64, 10_000)) {
                val wait = Backoff(1_000, 10_000) { chance }.delay(attempt)
                assertTrue("$chance $attempt $wait", wait in 500..10_000)
            }
        }
    }
}
