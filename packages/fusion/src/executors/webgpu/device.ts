// SPDX-License-Identifier: Apache-2.0
// What is used of WebGPU, in types of our own: neither TypeScript's libraries nor TensorFlow.js' bring them along.

/** A buffer on the device. */
export interface GpuBuffer {
  readonly size: number;
}
export interface GpuPipeline {
  readonly label: string;
}
export interface GpuBindGroup {
  readonly label: string;
}
export interface GpuBindGroupLayout {
  readonly label: string;
}

/** A GPUDevice. */
export interface Device {
  readonly limits: {
    readonly maxStorageBuffersPerShaderStage: number;
    readonly maxDynamicUniformBuffersPerPipelineLayout: number;
    readonly maxStorageBufferBindingSize: number;
    readonly maxComputeWorkgroupsPerDimension: number;
    readonly minUniformBufferOffsetAlignment: number;
  };
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  readonly queue: { writeBuffer(buffer: GpuBuffer, offset: number, data: ArrayBuffer): void };
  createBuffer(descriptor: { label?: string; size: number; usage: number }): GpuBuffer;
  createShaderModule(descriptor: { label?: string; code: string }): object;
  createBindGroupLayout(descriptor: { entries: readonly object[] }): GpuBindGroupLayout;
  createPipelineLayout(descriptor: { bindGroupLayouts: readonly GpuBindGroupLayout[] }): object;
  createComputePipeline(descriptor: {
    label?: string;
    layout: object;
    compute: { module: object };
  }): GpuPipeline;
  createBindGroup(descriptor: { layout: GpuBindGroupLayout; entries: readonly object[] }): GpuBindGroup;
  createQuerySet(descriptor: { type: 'timestamp'; count: number }): object;
}

/** GPUBufferUsage.STORAGE */
export const storage = 0x80;
/** GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST */
export const copied = 0x8c;
/** GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST */
export const uniform = 0x48;
/** GPUShaderStage.COMPUTE */
export const compute = 0x4;
