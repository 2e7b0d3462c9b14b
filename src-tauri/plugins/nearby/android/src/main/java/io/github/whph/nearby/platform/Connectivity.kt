package io.github.whph.nearby.platform

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import android.net.NetworkRequest
import android.os.Handler
import android.os.Looper
import io.github.whph.nearby.core.Connection
import io.github.whph.nearby.core.Networks

/** Tells, on the main thread, when there is a network and whether it costs. */
class Connectivity(context: Context, private val changed: (Connection) -> Unit) {
    private val manager = context.getSystemService(Context.CONNECTIVITY_SERVICE) as? ConnectivityManager
    private val main = Handler(Looper.getMainLooper())
    private val networks = Networks()

    var now = networks.now()
        private set

    private val callback = object : ConnectivityManager.NetworkCallback() {
        override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) {
            val metered = !capabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
            main.post { tell(networks.found(network.networkHandle, metered)) }
        }

        override fun onLost(network: Network) {
            main.post { tell(networks.lost(network.networkHandle)) }
        }
    }

    fun start() {
        // Any network, also one that does not lead to the Internet.
        manager?.registerNetworkCallback(NetworkRequest.Builder().build(), callback)
    }

    private fun tell(next: Connection) {
        if (next == now) return
        now = next
        changed(next)
    }
}
