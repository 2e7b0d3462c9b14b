package io.github.whph.nearby.platform

import android.app.Activity
import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import androidx.core.app.ActivityCompat
import androidx.core.content.ContextCompat
import io.github.whph.nearby.core.Answer
import io.github.whph.nearby.core.Fact
import io.github.whph.nearby.core.Permissions
import io.github.whph.nearby.core.Purpose

/** How the permissions stand. Whether one was asked for is remembered here, because the system does not tell. */
class PermissionDesk(private val context: Context) {
    private val permissions = Permissions(Build.VERSION.SDK_INT, context.applicationInfo.targetSdkVersion)
    private val asked = context.getSharedPreferences("nearby-asked", Context.MODE_PRIVATE)

    fun answers(activity: Activity): Map<Purpose, Answer> = Purpose.values().associateWith { answer(it, activity) }

    fun answer(purpose: Purpose, activity: Activity): Answer = permissions.answer(purpose) { name ->
        Fact(
            granted = granted(name),
            rationale = ActivityCompat.shouldShowRequestPermissionRationale(activity, name),
            asked = asked.getBoolean(name, false),
        )
    }

    /** What the system has to be asked for now. */
    fun missing(purpose: Purpose): Array<String> = permissions.needed(purpose).filterNot(::granted).toTypedArray()

    fun wereAsked(purpose: Purpose) {
        val edit = asked.edit()
        permissions.needed(purpose).forEach { edit.putBoolean(it, true) }
        edit.apply()
    }

    private fun granted(name: String) = ContextCompat.checkSelfPermission(context, name) == PackageManager.PERMISSION_GRANTED
}
