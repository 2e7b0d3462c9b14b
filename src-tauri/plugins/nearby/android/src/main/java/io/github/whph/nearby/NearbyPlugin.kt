package io.github.whph.nearby

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.provider.Settings
import androidx.appcompat.app.AppCompatActivity
import app.tauri.annotation.Command
import app.tauri.annotation.InvokeArg
import app.tauri.annotation.PermissionCallback
import app.tauri.annotation.TauriPlugin
import app.tauri.plugin.Channel
import app.tauri.plugin.Invoke
import app.tauri.plugin.Plugin
import app.tauri.plugin.PluginManager
import io.github.whph.nearby.core.Answer
import io.github.whph.nearby.core.CatchUpPolicy
import io.github.whph.nearby.core.Presence
import io.github.whph.nearby.core.Purpose
import io.github.whph.nearby.core.Report
import io.github.whph.nearby.core.ServicePolicy
import io.github.whph.nearby.core.needsMulticast
import io.github.whph.nearby.platform.CatchUpJob
import io.github.whph.nearby.platform.Connectivity
import io.github.whph.nearby.platform.MulticastLockHolder
import io.github.whph.nearby.platform.PermissionDesk
import io.github.whph.nearby.platform.SyncService
import io.github.whph.nearby.platform.WifiDirect
import io.github.whph.nearby.platform.Words

@InvokeArg
class RequestArgs {
    lateinit var `for`: String
}

@InvokeArg
class ConnectArgs {
    lateinit var address: String
}

@InvokeArg
class SyncArgs {
    lateinit var text: String
}

@InvokeArg
class CatchUpArgs {
    var allowMetered = false
}

@InvokeArg
class WatchArgs {
    lateinit var channel: Channel
}

/**
 * What the app's Rust half asks of the phone. Commands, the activity's changes and all callbacks come on the main thread. What is
 * to be decided is decided in `core`; here it is carried out, and told.
 */
@TauriPlugin
class NearbyPlugin(private val first: Activity) :
    Plugin(first),
    SyncService.Listener {
    private val context = first.applicationContext
    private val words = Words(context)
    private val permissions = PermissionDesk(context)
    private val multicast = MulticastLockHolder(context, "whph-discovery")
    private val service = ServicePolicy(Build.VERSION.SDK_INT)
    private val connectivity = Connectivity(context) { tell("connectivity", Report.connection(it)) }
    private val wifiDirect = WifiDirect(context) { tell("wifiDirect", Report.wifiDirect(it, words.of(it))) }
    private var discovering = false
    private var syncText = ""
    private var watcher: Channel? = null
    private var told: Map<Purpose, Answer> = emptyMap()
    private var questionOpen = false

    // The one that this was made with may be gone, and another one there.
    private val activity: Activity get() = PluginManager.activity ?: first

    init {
        SyncService.listener = this
        connectivity.start()
    }

    @Command
    fun status(invoke: Invoke) {
        val permissions = Report.permissions(permissions.answers(activity), words::of)
        val wifiDirect = Report.wifiDirect(wifiDirect.state, words.of(wifiDirect.state))
        invoke.resolveObject(Report.status(permissions, wifiDirect, connectivity.now))
    }

    /** From now on events go here; the first ones say how everything is. */
    @Command
    fun watch(invoke: Invoke) {
        watcher = invoke.parseArgs(WatchArgs::class.java).channel
        invoke.resolve()
        told = emptyMap()
        tellPermissions()
        tell("connectivity", Report.connection(connectivity.now))
        tell("wifiDirect", Report.wifiDirect(wifiDirect.state, words.of(wifiDirect.state)))
    }

    /** Replaces the one of all plugins: what to ask for depends on what for, and on the version of Android. */
    @Command
    override fun requestPermissions(invoke: Invoke) {
        val purpose = purposeOf(invoke) ?: return invoke.reject("there is nothing to ask for by this name", "unknown")
        val missing = permissions.missing(purpose)
        when {
            missing.isEmpty() -> answer(invoke, purpose)
            // There is one question at a time, and one place for its answer.
            questionOpen -> invoke.reject(context.getString(R.string.nearby_question_open), "question-open")
            else -> {
                questionOpen = true
                handle!!.requestPermissions(invoke, missing, "permissionsAnswered")
            }
        }
    }

    @PermissionCallback
    fun permissionsAnswered(invoke: Invoke) {
        questionOpen = false
        val purpose = purposeOf(invoke) ?: return
        permissions.wereAsked(purpose)
        answer(invoke, purpose)
        tellPermissions()
    }

    private fun purposeOf(invoke: Invoke) = Purpose.named(invoke.parseArgs(RequestArgs::class.java).`for`)

    private fun answer(invoke: Invoke, purpose: Purpose) {
        val answer = permissions.answer(purpose, activity)
        invoke.resolveObject(Report.permission(answer, words.of(purpose, answer)))
    }

    @Command
    fun openSettings(invoke: Invoke) {
        val page = Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", context.packageName, null))
        try {
            context.startActivity(page.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
            invoke.resolve()
        } catch (_: ActivityNotFoundException) {
            invoke.reject(context.getString(R.string.nearby_settings_missing), "no-settings")
        }
    }

    @Command
    fun startDiscovering(invoke: Invoke) {
        val answer = permissions.answer(Purpose.Lan, activity)
        if (!answer.allows) {
            // Nothing would fail, and nothing would ever be heard.
            return invoke.reject(words.of(Purpose.Lan, answer), "no-permission")
        }
        discovering = true
        holdMulticast()
        invoke.resolve()
    }

    @Command
    fun stopDiscovering(invoke: Invoke) {
        discovering = false
        holdMulticast()
        invoke.resolve()
    }

    @Command
    fun wifiDirectStart(invoke: Invoke) {
        wifiDirect.start(permissions.answer(Purpose.WifiDirect, activity).allows)
        resolveWifiDirect(invoke)
    }

    @Command
    fun wifiDirectConnect(invoke: Invoke) {
        wifiDirect.connect(invoke.parseArgs(ConnectArgs::class.java).address)
        resolveWifiDirect(invoke)
    }

    @Command
    fun wifiDirectStop(invoke: Invoke) {
        wifiDirect.stop()
        resolveWifiDirect(invoke)
    }

    private fun resolveWifiDirect(invoke: Invoke) =
        invoke.resolveObject(Report.wifiDirect(wifiDirect.state, words.of(wifiDirect.state)))

    @Command
    fun syncStarted(invoke: Invoke) {
        syncText = invoke.parseArgs(SyncArgs::class.java).text
        act(service.syncStarted())
        invoke.resolve()
    }

    @Command
    fun syncEnded(invoke: Invoke) {
        act(service.syncEnded())
        invoke.resolve()
    }

    @Command
    fun scheduleCatchUp(invoke: Invoke) {
        val plan = CatchUpPolicy.plan(invoke.parseArgs(CatchUpArgs::class.java).allowMetered)
        if (CatchUpJob.schedule(context, plan)) {
            invoke.resolve()
        } else {
            invoke.reject(context.getString(R.string.nearby_catch_up_failed), "not-scheduled")
        }
    }

    @Command
    fun cancelCatchUp(invoke: Invoke) {
        CatchUpJob.cancel(context)
        invoke.resolve()
    }

    override fun onResume(activity: AppCompatActivity) {
        moved(Presence.Front)
        // The person may come from the settings.
        tellPermissions()
    }

    override fun onPause(activity: AppCompatActivity) = moved(Presence.Leaving)

    override fun onStop(activity: AppCompatActivity) = moved(Presence.Away)

    // A question that went with its window is answered by nobody.
    override fun onDestroy(activity: AppCompatActivity) {
        questionOpen = false
    }

    private fun moved(to: Presence) {
        act(service.moved(to))
        holdMulticast()
    }

    private fun act(action: ServicePolicy.Action) {
        when (action) {
            ServicePolicy.Action.None -> return
            ServicePolicy.Action.Start -> SyncService.start(context, syncText)
            ServicePolicy.Action.Stop -> SyncService.stop(context)
        }
        holdMulticast()
    }

    override fun stopped() {
        service.ended()
        tell("service", mapOf("state" to "stopped", "message" to null))
        holdMulticast()
    }

    override fun refused() {
        service.startRefused()
        tell("service", mapOf("state" to "refused", "message" to context.getString(R.string.nearby_service_refused)))
        holdMulticast()
    }

    override fun ended() {
        service.ended()
        tell("service", mapOf("state" to "ended", "message" to context.getString(R.string.nearby_service_refused)))
        holdMulticast()
    }

    private fun holdMulticast() = multicast.hold(needsMulticast(discovering, service.presence, service.up))

    private fun tellPermissions() {
        val now = permissions.answers(activity)
        if (now == told) return
        told = now
        tell("permissions", mapOf("permissions" to Report.permissions(now, words::of)))
    }

    private fun tell(kind: String, what: Map<String, Any?>) {
        watcher?.sendObject(Report.event(kind, what))
    }
}
