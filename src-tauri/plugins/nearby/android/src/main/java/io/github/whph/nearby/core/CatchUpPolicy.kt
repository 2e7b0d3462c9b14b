package io.github.whph.nearby.core

/** How the system is asked to wake us now and then. */
data class CatchUpPlan(val periodMillis: Long, val flexMillis: Long, val allowMetered: Boolean)

object CatchUpPolicy {
    /** One sync with everybody in reach takes seconds; whoever is not in reach must not keep the phone awake. */
    const val SECONDS = 90

    private const val MINUTE = 60_000L

    /** What the system makes of anything shorter. */
    private const val SHORTEST_PERIOD = 15 * MINUTE
    private const val SHORTEST_FLEX = 5 * MINUTE

    // The system's number for a process that can be seen. What is used, or runs a service that the person knows of, has a lower one.
    private const val IMPORTANCE_VISIBLE = 200

    fun plan(allowMetered: Boolean, periodMinutes: Long = 30): CatchUpPlan {
        val period = (periodMinutes * MINUTE).coerceAtLeast(SHORTEST_PERIOD)
        // A third of the period leaves the system free to wake the phone once for many apps.
        return CatchUpPlan(period, (period / 3).coerceAtLeast(SHORTEST_FLEX), allowMetered)
    }

    /** Scheduling the same plan anew would start its period anew: an app that is opened often would never catch up. */
    fun mustSchedule(wanted: CatchUpPlan, pending: CatchUpPlan?): Boolean = wanted != pending

    /** The app in front, or its service, syncs by itself. [importance] is that of its process, if there is one. */
    fun mayRun(importance: Int?): Boolean = importance == null || importance > IMPORTANCE_VISIBLE
}
