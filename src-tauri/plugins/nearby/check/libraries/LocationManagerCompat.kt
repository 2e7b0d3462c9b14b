package androidx.core.location

import android.location.LocationManager

object LocationManagerCompat {
    fun isLocationEnabled(manager: LocationManager): Boolean = TODO()
}
