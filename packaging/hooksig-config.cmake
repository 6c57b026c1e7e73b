# Imported targets: hooksig::hooksig (shared) and hooksig::hooksig_static.
get_filename_component(_hooksig_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET hooksig::hooksig)
  add_library(hooksig::hooksig SHARED IMPORTED)
  set_target_properties(hooksig::hooksig PROPERTIES
    IMPORTED_LOCATION "${_hooksig_prefix}/lib/libhooksig.so"
    IMPORTED_SONAME "libhooksig.so.0"
    INTERFACE_INCLUDE_DIRECTORIES "${_hooksig_prefix}/include")

  add_library(hooksig::hooksig_static STATIC IMPORTED)
  set_target_properties(hooksig::hooksig_static PROPERTIES
    IMPORTED_LOCATION "${_hooksig_prefix}/lib/libhooksig.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_hooksig_prefix}/include")
endif()

unset(_hooksig_prefix)
