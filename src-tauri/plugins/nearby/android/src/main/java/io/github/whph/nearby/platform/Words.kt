package io.github.whph.nearby.platform

import android.content.Context
import android.os.Build
import io.github.whph.nearby.R
import io.github.whph.nearby.core.Answer
import io.github.whph.nearby.core.Permissions
import io.github.whph.nearby.core.Purpose
import io.github.whph.nearby.core.Reason
import io.github.whph.nearby.core.WifiDirectState

/** What a person reads about a state, if there is anything to be said. */
class Words(private val context: Context) {
    fun of(purpose: Purpose, answer: Answer): String? = when (answer) {
        Answer.NotNeeded, Answer.Granted -> null
        Answer.Ask -> context.getString(ask(purpose))
        Answer.Denied -> context.getString(denied(purpose))
    }

    fun of(state: WifiDirectState): String? = when (state) {
        is WifiDirectState.Idle, is WifiDirectState.Searching, is WifiDirectState.Inviting, is WifiDirectState.Connected -> null
        is WifiDirectState.Off -> context.getString(R.string.nearby_direct_off)
        is WifiDirectState.NoPermission -> context.getString(ask(Purpose.WifiDirect))
        is WifiDirectState.Failed -> context.getString(failed(state.reason))
    }

    private fun ask(purpose: Purpose) = when (purpose) {
        Purpose.Lan -> R.string.nearby_lan_ask
        Purpose.WifiDirect ->
            if (asksForLocation) R.string.nearby_wifi_direct_location_ask else R.string.nearby_wifi_direct_ask
        Purpose.Camera -> R.string.nearby_camera_ask
        Purpose.Notifications -> R.string.nearby_notifications_ask
    }

    private fun denied(purpose: Purpose) = when (purpose) {
        Purpose.Lan -> R.string.nearby_lan_denied
        Purpose.WifiDirect ->
            if (asksForLocation) R.string.nearby_wifi_direct_location_denied else R.string.nearby_wifi_direct_denied
        Purpose.Camera -> R.string.nearby_camera_denied
        Purpose.Notifications -> R.string.nearby_notifications_denied
    }

    private fun failed(reason: Reason) = when (reason) {
        Reason.Unsupported -> R.string.nearby_direct_unsupported
        Reason.LocationOff -> R.string.nearby_direct_location_off
        Reason.NobodyFound -> R.string.nearby_direct_nobody_found
        Reason.SearchEnded -> R.string.nearby_direct_search_ended
        Reason.NoAnswer -> R.string.nearby_direct_no_answer
        Reason.Busy -> R.string.nearby_direct_busy
        Reason.Vanished -> R.string.nearby_direct_vanished
        Reason.Error -> R.string.nearby_direct_error
    }

    private val asksForLocation = Permissions.needsLocationSwitchedOn(Build.VERSION.SDK_INT)
}
