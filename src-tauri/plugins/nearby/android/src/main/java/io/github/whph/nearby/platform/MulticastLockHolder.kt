package io.github.whph.nearby.platform

import android.content.Context
import android.net.wifi.WifiManager

/** Lets announcements of other devices through to us. Not counted: it is held or it is not, however often that was said. */
class MulticastLockHolder(context: Context, tag: String) {
    private val lock = (context.getSystemService(Context.WIFI_SERVICE) as? WifiManager)
        ?.createMulticastLock(tag)
        ?.apply { setReferenceCounted(false) }

    fun hold(wanted: Boolean) {
        if (lock == null || lock.isHeld == wanted) return
        if (wanted) lock.acquire() else lock.release()
    }
}
