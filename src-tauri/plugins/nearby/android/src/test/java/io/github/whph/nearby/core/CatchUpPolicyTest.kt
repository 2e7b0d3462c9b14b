package io.github.whph.nearby.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class CatchUpPolicyTest {
    @Test
    fun noPlanIsShorterThanTheSystemAllows() {
        for (minutes in listOf(-1L, 0L, 1L, 15L, 16L, 30L, 600L)) {
            val plan = CatchUpPolicy.plan(allowMetered = false, periodMinutes = minutes)
            assertTrue("$minutes", plan.periodMillis >= 15 * 60_000)
            assertTrue("$minutes", plan.flexMillis in 5 * 60_000..plan.periodMillis)
        }
        assertEquals(30 * 60_000L, CatchUpPolicy.plan(allowMetered = false).periodMillis)
    }

    @Test
    fun aNetworkThatCostsIsUsedOnlyIfThePersonAllowsIt() {
        assertFalse(CatchUpPolicy.plan(allowMetered = false).allowMetered)
        assertTrue(CatchUpPolicy.plan(allowMetered = true).allowMetered)
    }

    @Test
    fun anEqualPlanIsLeftAlone() {
        val plan = CatchUpPolicy.plan(allowMetered = false)
        assertTrue(CatchUpPolicy.mustSchedule(plan, pending = null))
        assertFalse(CatchUpPolicy.mustSchedule(plan, pending = CatchUpPolicy.plan(allowMetered = false)))
        assertTrue(CatchUpPolicy.mustSchedule(plan, pending = CatchUpPolicy.plan(allowMetered = true)))
        assertTrue(CatchUpPolicy.mustSchedule(plan, pending = plan.copy(periodMillis = plan.periodMillis + 1)))
    }

    @Test
    fun nothingIsDoneWhileTheAppOrItsServiceIsThere() {
        val foreground = 100
        val service = 125
        val visible = 200
        for (importance in listOf(foreground, service, visible)) assertFalse("$importance", CatchUpPolicy.mayRun(importance))
        val perceptible = 230
        val cached = 400
        for (importance in listOf(perceptible, cached, null)) assertTrue("$importance", CatchUpPolicy.mayRun(importance))
    }

    @Test
    fun aRunEndsWellBeforeTheSystemWouldEndIt() {
        assertTrue(CatchUpPolicy.SECONDS in 10..300)
    }
}
