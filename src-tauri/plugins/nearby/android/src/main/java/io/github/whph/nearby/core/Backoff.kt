package io.github.whph.nearby.core

/**
 * How long to wait before trying again: twice as long each time, up to a bound, and then a random part of the second half. Two
 * phones that got into each other's way would do so again without that.
 */
class Backoff(private val firstMillis: Long, private val mostMillis: Long, private val random: () -> Double) {
    fun delay(attempt: Int): Long {
        var ceiling = firstMillis
        repeat(attempt) { if (ceiling < mostMillis) ceiling *= 2 }
        ceiling = ceiling.coerceAtMost(mostMillis)
        return ceiling / 2 + (random().coerceIn(0.0, 1.0) * (ceiling - ceiling / 2)).toLong()
    }
}
