package io.github.whph.nearby.platform

import android.annotation.SuppressLint
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.location.LocationManager
import android.net.wifi.WpsInfo
import android.net.wifi.p2p.WifiP2pConfig
import android.net.wifi.p2p.WifiP2pManager
import android.os.Build
import android.os.Handler
import android.os.Looper
import androidx.core.content.ContextCompat
import androidx.core.location.LocationManagerCompat
import io.github.whph.nearby.core.Backoff
import io.github.whph.nearby.core.Peer
import io.github.whph.nearby.core.Permissions
import io.github.whph.nearby.core.Refusal
import io.github.whph.nearby.core.WifiDirectEffect
import io.github.whph.nearby.core.WifiDirectEvent
import io.github.whph.nearby.core.WifiDirectMachine
import io.github.whph.nearby.core.WifiDirectState

/**
 * Passes on to [WifiDirectMachine] what the system says, and to the system what it decides. All on the main thread. Nothing is
 * set up before somebody asks for it: most people never will.
 */
// Each call may throw for want of a permission, which is one of the answers.
@SuppressLint("MissingPermission")
class WifiDirect(private val context: Context, private val changed: (WifiDirectState) -> Unit) {
    private val machine = WifiDirectMachine(Backoff(firstMillis = 1_000, mostMillis = 8_000, random = Math::random))
    private val main = Handler(Looper.getMainLooper())
    private var manager: WifiP2pManager? = null
    private var channel: WifiP2pManager.Channel? = null
    private var shown: WifiDirectState = machine.state

    val state: WifiDirectState get() = machine.state

    private val receiver = object : BroadcastReceiver() {
        override fun onReceive(context: Context, intent: Intent) {
            when (intent.action) {
                WifiP2pManager.WIFI_P2P_STATE_CHANGED_ACTION -> power(intent.getIntExtra(WifiP2pManager.EXTRA_WIFI_STATE, 0))
                WifiP2pManager.WIFI_P2P_PEERS_CHANGED_ACTION -> askForPeers()
                WifiP2pManager.WIFI_P2P_CONNECTION_CHANGED_ACTION -> askForGroup()
            }
        }
    }

    fun start(permitted: Boolean) {
        if (open()) {
            on(WifiDirectEvent.Start(permitted, locationReady()))
        } else {
            on(WifiDirectEvent.Start(permitted = true, locationReady = true))
            on(WifiDirectEvent.Refused(Refusal.Unsupported, invitation = false))
        }
    }

    fun connect(address: String) = on(WifiDirectEvent.Connect(address))

    fun stop() = on(WifiDirectEvent.Stop)

    private fun open(): Boolean {
        if (channel != null) return true
        val manager = context.getSystemService(Context.WIFI_P2P_SERVICE) as? WifiP2pManager ?: return false
        val channel = manager.initialize(context, Looper.getMainLooper(), ::channelLost) ?: return false
        this.manager = manager
        this.channel = channel
        val news = IntentFilter()
        news.addAction(WifiP2pManager.WIFI_P2P_STATE_CHANGED_ACTION)
        news.addAction(WifiP2pManager.WIFI_P2P_PEERS_CHANGED_ACTION)
        news.addAction(WifiP2pManager.WIFI_P2P_CONNECTION_CHANGED_ACTION)
        ContextCompat.registerReceiver(context, receiver, news, ContextCompat.RECEIVER_NOT_EXPORTED)
        // Since Android 10 the system does not repeat its last news for whoever comes late.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) manager.requestP2pState(channel, ::power)
        return true
    }

    // The system's part has ended. The next start makes a new channel.
    private fun channelLost() {
        if (channel == null) return
        channel = null
        context.unregisterReceiver(receiver)
        on(WifiDirectEvent.NoGroup)
        on(WifiDirectEvent.Refused(Refusal.Error, invitation = machine.state is WifiDirectState.Inviting))
    }

    private fun power(state: Int) = on(WifiDirectEvent.Power(state == WifiP2pManager.WIFI_P2P_STATE_ENABLED))

    private fun locationReady(): Boolean {
        if (!Permissions.needsLocationSwitchedOn(Build.VERSION.SDK_INT)) return true
        val location = context.getSystemService(Context.LOCATION_SERVICE) as? LocationManager ?: return true
        return LocationManagerCompat.isLocationEnabled(location)
    }

    private fun askForPeers() = ask { manager, channel ->
        manager.requestPeers(channel) { found ->
            val peers = found?.deviceList.orEmpty().map { Peer(it.deviceAddress.orEmpty(), it.deviceName.orEmpty()) }
            on(WifiDirectEvent.Peers(peers))
        }
    }

    private fun askForGroup() = ask { manager, channel ->
        manager.requestConnectionInfo(channel) { group ->
            val owner = group?.groupOwnerAddress?.hostAddress
            if (group != null && group.groupFormed && owner != null) {
                on(WifiDirectEvent.Group(owner, group.isGroupOwner))
            } else {
                on(WifiDirectEvent.NoGroup)
            }
        }
    }

    private fun on(event: WifiDirectEvent) {
        machine.on(event).forEach(::act)
        if (machine.state != shown) {
            shown = machine.state
            changed(shown)
        }
    }

    private fun act(effect: WifiDirectEffect) {
        when (effect) {
            is WifiDirectEffect.Search -> ask { manager, channel -> manager.discoverPeers(channel, Answer(invitation = false)) }
            is WifiDirectEffect.Invite -> ask { manager, channel ->
                manager.connect(channel, config(effect.address), Answer(invitation = true))
            }
            // What is taken back may be over already, so nobody listens to how that went.
            is WifiDirectEffect.StopSearch -> ask { manager, channel -> manager.stopPeerDiscovery(channel, null) }
            is WifiDirectEffect.TakeBackInvitation -> ask { manager, channel -> manager.cancelConnect(channel, null) }
            is WifiDirectEffect.LeaveGroup -> ask { manager, channel -> manager.removeGroup(channel, null) }
            is WifiDirectEffect.Timer -> main.postDelayed({ on(WifiDirectEvent.TimeUp(effect.timer)) }, effect.millis)
        }
    }

    private fun config(address: String) = WifiP2pConfig().apply {
        deviceAddress = address
        // A button on the other screen, instead of digits: who is there is proved by the pairing, not by this.
        wps.setup = WpsInfo.PBC
    }

    private inner class Answer(private val invitation: Boolean) : WifiP2pManager.ActionListener {
        override fun onSuccess() = Unit

        override fun onFailure(reason: Int) {
            val refusal = when (reason) {
                WifiP2pManager.BUSY -> Refusal.Busy
                WifiP2pManager.P2P_UNSUPPORTED -> Refusal.Unsupported
                else -> Refusal.Error
            }
            on(WifiDirectEvent.Refused(refusal, invitation))
        }
    }

    private fun ask(call: (WifiP2pManager, WifiP2pManager.Channel) -> Unit) {
        val manager = manager ?: return
        val channel = channel ?: return
        try {
            call(manager, channel)
        } catch (_: SecurityException) {
            // After what is being decided now.
            main.post { on(WifiDirectEvent.PermissionMissing) }
        }
    }
}
