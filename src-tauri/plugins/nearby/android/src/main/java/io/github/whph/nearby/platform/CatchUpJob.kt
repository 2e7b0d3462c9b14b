package io.github.whph.nearby.platform

import android.app.ActivityManager
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import android.net.NetworkCapabilities
import android.net.NetworkRequest
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.os.PersistableBundle
import android.util.Log
import io.crates.keyring.Keyring
import io.github.whph.nearby.CatchUp
import io.github.whph.nearby.core.CatchUpPlan
import io.github.whph.nearby.core.CatchUpPolicy
import kotlin.concurrent.thread

/**
 * Now and then, one sync with every device in reach, without a window. It runs in a process of its own (see the manifest), beside
 * which the app may be opened at any time: both write through transactions.
 */
class CatchUpJob : JobService() {
    private val main = Handler(Looper.getMainLooper())
    private var current: JobParameters? = null

    override fun onStartJob(params: JobParameters): Boolean {
        // The run before may still be ending, also that of a service that is gone.
        if (worker?.isAlive == true || !CatchUpPolicy.mayRun(importanceOfApp())) return false
        current = params
        worker = thread(name = "catch-up") {
            run()
            main.post {
                // Once the system has ended the job there is nobody to be told.
                if (current === params) jobFinished(params, false)
            }
        }
        return true
    }

    override fun onStopJob(params: JobParameters): Boolean {
        current = null
        if (prepared) CatchUp.stopCatchUp()
        // The next period will do.
        return false
    }

    private fun run() {
        val multicast = MulticastLockHolder(applicationContext, "whph-catch-up")
        try {
            prepare(applicationContext)
            multicast.hold(true)
            Log.i(TAG, CatchUp.catchUp(applicationContext.dataDir.absolutePath, CatchUpPolicy.SECONDS))
        } catch (error: LinkageError) {
            // The native library is not there, or not ours. The app would not open either, and says so better.
            Log.e(TAG, "catching up is not possible", error)
        } finally {
            multicast.hold(false)
        }
    }

    private fun importanceOfApp(): Int? {
        val manager = getSystemService(Context.ACTIVITY_SERVICE) as? ActivityManager ?: return null
        return manager.runningAppProcesses.orEmpty().find { it.processName == packageName }?.importance
    }

    companion object {
        private const val TAG = "CatchUp"
        private const val JOB = 1
        private const val ALLOW_METERED = "allow-metered"
        private var worker: Thread? = null

        @Volatile
        private var prepared = false

        /** The native library takes the context once, and the process may outlive the job. */
        private fun prepare(context: Context) {
            if (prepared) return
            Keyring.initializeNdkContext(context)
            prepared = true
        }

        /** Whether it is scheduled now. */
        fun schedule(context: Context, plan: CatchUpPlan): Boolean {
            val scheduler = context.getSystemService(Context.JOB_SCHEDULER_SERVICE) as? JobScheduler ?: return false
            val pending = scheduler.allPendingJobs.find { it.id == JOB }?.let(::planOf)
            if (!CatchUpPolicy.mustSchedule(plan, pending)) return true
            return scheduler.schedule(jobOf(context, plan)) == JobScheduler.RESULT_SUCCESS
        }

        fun cancel(context: Context) {
            (context.getSystemService(Context.JOB_SCHEDULER_SERVICE) as? JobScheduler)?.cancel(JOB)
        }

        private fun planOf(job: JobInfo) =
            CatchUpPlan(job.intervalMillis, job.flexMillis, job.extras.getBoolean(ALLOW_METERED, false))

        private fun jobOf(context: Context, plan: CatchUpPlan): JobInfo {
            val extras = PersistableBundle()
            extras.putBoolean(ALLOW_METERED, plan.allowMetered)
            val job = JobInfo.Builder(JOB, ComponentName(context, CatchUpJob::class.java))
                .setPeriodic(plan.periodMillis, plan.flexMillis)
                .setPersisted(true)
                .setExtras(extras)
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) job.setRequiresBatteryNotLow(true)
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
                // Unlike the older way, this also takes a Wi-Fi that does not lead to the Internet.
                val network = NetworkRequest.Builder()
                if (!plan.allowMetered) network.addCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
                job.setRequiredNetwork(network.build())
            } else {
                job.setRequiredNetworkType(if (plan.allowMetered) JobInfo.NETWORK_TYPE_ANY else JobInfo.NETWORK_TYPE_UNMETERED)
            }
            return job.build()
        }
    }
}
