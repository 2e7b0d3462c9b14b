package io.github.whph.nearby.core

/** What commands answer and events carry, as maps that become JSON. [message] gives the words for a person, if there are any. */
object Report {
    fun status(permissions: Map<String, Any?>, wifiDirect: Map<String, Any?>, connection: Connection): Map<String, Any?> =
        mapOf("permissions" to permissions, "wifiDirect" to wifiDirect) + connection(connection)

    fun connection(connection: Connection): Map<String, Any?> =
        mapOf("online" to connection.online, "metered" to connection.metered)

    fun permissions(answers: Map<Purpose, Answer>, message: (Purpose, Answer) -> String?): Map<String, Any?> =
        answers.entries.associate { (purpose, answer) -> purpose.key to permission(answer, message(purpose, answer)) }

    fun permission(answer: Answer, message: String?): Map<String, Any?> = mapOf("state" to answer.word, "message" to message)

    fun wifiDirect(state: WifiDirectState, message: String?): Map<String, Any?> {
        val more: Map<String, Any?> = when (state) {
            is WifiDirectState.Idle, is WifiDirectState.Off, is WifiDirectState.NoPermission -> emptyMap()
            is WifiDirectState.Searching -> mapOf("peers" to state.peers.map(::peer))
            is WifiDirectState.Inviting -> mapOf("peer" to peer(state.peer))
            is WifiDirectState.Connected -> mapOf("groupOwnerAddress" to state.ownerAddress, "isOwner" to state.isOwner)
            is WifiDirectState.Failed -> mapOf("reason" to state.reason.word)
        }
        return mapOf("state" to word(state), "message" to message, "peers" to emptyList<Any>(), "peer" to null) + more
    }

    fun event(kind: String, what: Map<String, Any?>): Map<String, Any?> = mapOf<String, Any?>("kind" to kind) + what

    private fun peer(peer: Peer) = mapOf("address" to peer.address, "name" to peer.name)

    private fun word(state: WifiDirectState) = when (state) {
        is WifiDirectState.Idle -> "idle"
        is WifiDirectState.Off -> "off"
        is WifiDirectState.NoPermission -> "no-permission"
        is WifiDirectState.Searching -> if (state.peers.isEmpty()) "discovering" else "found"
        is WifiDirectState.Inviting -> "inviting"
        is WifiDirectState.Connected -> "connected"
        is WifiDirectState.Failed -> "failed"
    }
}
